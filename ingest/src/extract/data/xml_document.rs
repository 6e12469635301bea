//! XML as a document: `DocBook`, DITA, JATS, feeds, and records of data.

use crate::NoticeKind;
use crate::extract::blocks::{self, Blocks};
use crate::extract::date::Event;
use crate::extract::html::{self, escape};
use crate::extract::office::properties;
use crate::extract::reading::Reading;
use crate::extract::xml::{self, Element, Node};
use crate::extract::{ExtractLimits, language};

/// Elements that are a paragraph in one vocabulary or another.
const PARAGRAPHS: [&str; 12] = [
    "para",
    "simpara",
    "p",
    "shortdesc",
    "abstract",
    "summary",
    "description",
    "content",
    "note",
    "desc",
    "caption",
    "text",
];

/// Elements of code.
const CODE: [&str; 7] =
    ["programlisting", "screen", "codeblock", "literallayout", "code-block", "synopsis", "preformat"];

/// Elements that stand within a line.
const INLINE: [&str; 40] = [
    "emphasis",
    "b",
    "i",
    "u",
    "em",
    "strong",
    "italic",
    "bold",
    "code",
    "literal",
    "filename",
    "command",
    "option",
    "function",
    "varname",
    "classname",
    "link",
    "ulink",
    "xref",
    "ext-link",
    "sub",
    "sup",
    "ph",
    "codeph",
    "uicontrol",
    "term",
    "quote",
    "application",
    "acronym",
    "guilabel",
    "replaceable",
    "parameter",
    "type",
    "citetitle",
    "a",
    "span",
    "keyword",
    "tt",
    "systemoutput",
    "userinput",
];

/// Roots of what people write, whose attributes are about its form.
const WRITTEN: [&str; 22] = [
    "article",
    "book",
    "chapter",
    "part",
    "section",
    "appendix",
    "set",
    "refentry",
    "topic",
    "concept",
    "task",
    "reference",
    "glossentry",
    "dita",
    "map",
    "bookmap",
    "rss",
    "feed",
    "RDF",
    "TEI",
    "svg",
    "document",
];

/// Elements that lead elsewhere.
const LINKS: [&str; 5] = ["link", "ulink", "xref", "ext-link", "a"];

/// Reads an XML file.
pub(in crate::extract) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let parsed = xml::parse_bytes(bytes);
    let root = parsed.root;
    let mut reading = Reading::default();
    if let Some(problem) = parsed.problem {
        reading.note(NoticeKind::Malformed, format!("the XML is damaged: {problem}"));
    }
    if root.name == "html" {
        let page = html::read_whole(bytes);
        reading.notices.extend(page.notices);
        return Reading { notices: reading.notices, ..page };
    }
    reading.language = root.attribute("lang").and_then(language::from_tag);
    let head = ["info", "articleinfo", "bookinfo", "prolog", "channel", "front", "header"]
        .iter()
        .find_map(|name| root.child(name));
    for place in [Some(&root), head].into_iter().flatten() {
        read_head(place, &mut reading);
    }
    let shows_attributes = !WRITTEN.contains(&root.name.as_str());
    let mut writer = Writer { blocks: Blocks::new(limits.max_text_bytes), shows_attributes, is_root: true };
    writer.element(&root, 1, 0);
    reading.text = writer.blocks.into_text();
    reading
}

/// Title, authors and dates, as most vocabularies name them.
fn read_head(head: &Element, reading: &mut Reading) {
    for element in head.elements() {
        let words = blocks::one_line(&element.text());
        if words.is_empty() {
            continue;
        }
        match element.name.as_str() {
            "title" if reading.title.is_none() => reading.title = Some(words),
            "author" | "creator" => {
                let name = element
                    .child("name")
                    .or_else(|| element.child("personname"))
                    .map(|name| blocks::one_line(&name.text()));
                reading.authors.push(name.unwrap_or(words));
            }
            "updated" | "lastBuildDate" | "modified" | "revised" => {
                properties::keep_date(&element.name, &words, Event::Modified, reading);
            }
            "pubDate" | "pubdate" | "published" | "date" | "created"
                if crate::extract::date::parse(&words).is_some() =>
            {
                properties::keep_date(&element.name, &words, Event::Published, reading);
            }
            _ => {}
        }
    }
}

struct Writer {
    blocks: Blocks,
    /// Whether attributes are what the document tells, as in records of data.
    shows_attributes: bool,
    /// Whether the root is still to be written.
    is_root: bool,
}

impl Writer {
    /// Writes an element under headings of `rank`, within lists `depth` deep.
    fn element(&mut self, element: &Element, rank: usize, depth: usize) {
        if self.blocks.is_full() {
            return;
        }
        let is_root = std::mem::take(&mut self.is_root);
        let has_attributes = self.shows_attributes && is_bare(element) && self.attributes(element, depth);
        if has_attributes && element.elements().next().is_none() {
            return;
        }
        // What stands in a record belongs to it.
        let depth = if has_attributes && !is_root { (depth + 1).min(16) } else { depth };
        match element.name.as_str() {
            "title" | "subtitle" => {
                let words = words(element);
                self.blocks.heading(rank.saturating_sub(1).max(1), &words);
            }
            // What the document says of itself is no part of its text, but for the title.
            "info" | "articleinfo" | "bookinfo" | "sectioninfo" | "prolog" => {
                if let Some(title) = element.child("title") {
                    self.element(title, rank, depth);
                }
            }
            name if CODE.contains(&name) => {
                let language = element.attribute("language").or(element.attribute("outputclass")).unwrap_or_default();
                self.blocks.code(language.trim_start_matches("language-"), &element.text());
            }
            "itemizedlist" | "ul" | "simplelist" | "list" | "sl" | "steps-unordered" => {
                self.list(element, "-", rank, depth);
            }
            "orderedlist" | "ol" | "procedure" | "steps" | "substeps" => self.list(element, "1.", rank, depth),
            "tgroup" | "informaltable" | "simpletable" | "table" | "table-wrap"
                if element.child("tgroup").is_none() && (!self.shows_attributes || has_cells(element)) =>
            {
                if let Some(title) = element.child("title").or_else(|| element.child("caption")) {
                    self.blocks.paragraph(&words(title));
                }
                self.blocks
                    .table(super::xml_table::rows(element, descendants(element).into_iter().filter(|row| is_row(row))));
            }
            name if PARAGRAPHS.contains(&name) && !self.holds_blocks(element) => {
                let said = element.text();
                // Feeds carry pages as text.
                if said.trim_start().starts_with('<') && said.contains("</") {
                    self.blocks.block(&html::read_whole(said.as_bytes()).text);
                } else {
                    self.blocks.paragraph(&words(element));
                }
            }
            _ if self.holds_blocks(element) => self.children(element, rank, depth),
            // A field of a record.
            _ => {
                let said = words(element);
                let said = said.trim();
                if !said.is_empty() {
                    self.blocks.item(depth, "-", &format!("{}: {said}", blocks::escaped(&element.name)));
                }
            }
        }
    }

    /// Writes the attributes of an element as one item; whether it has any that say something.
    fn attributes(&mut self, element: &Element, depth: usize) -> bool {
        let is_of_form = |name: &str| name == "xmlns" || ["xmlns:", "xml:", "xsi:"].iter().any(|p| name.starts_with(p));
        let pairs: Vec<String> = element
            .attributes()
            .filter(|(name, value)| !is_of_form(name) && !value.trim().is_empty())
            .map(|(name, value)| {
                format!("{}: {}", blocks::escaped(xml::local_name(name)), blocks::escaped(&blocks::one_line(value)))
            })
            .collect();
        if !pairs.is_empty() {
            self.blocks.item(depth, "-", &format!("{}: {}", blocks::escaped(&element.name), pairs.join(", ")));
        }
        !pairs.is_empty()
    }

    /// Whether an element stands within a line. Of data, one that has only attributes is a record.
    fn is_inline(&self, element: &Element) -> bool {
        let name = element.name.as_str();
        let is_record = self.shows_attributes && is_empty(element) && !LINKS.contains(&name);
        INLINE.contains(&name) && !is_record
    }

    /// Whether anything but words and elements of a line stands in it.
    fn holds_blocks(&self, element: &Element) -> bool {
        element.elements().any(|inside| !self.is_inline(inside))
    }

    /// The blocks within an element; words between them are paragraphs.
    fn children(&mut self, parent: &Element, rank: usize, depth: usize) {
        let is_section = parent.child("title").is_some() || parent.at(&["info", "title"]).is_some();
        let rank = if is_section { (rank + 1).min(7) } else { rank };
        let mut line = String::new();
        for node in &parent.children {
            match node {
                Node::Element(element) if !self.is_inline(element) => {
                    self.end_line(&mut line);
                    self.element(element, rank, depth);
                }
                Node::Element(_) | Node::Text(_) => push(node, &mut line),
            }
        }
        self.end_line(&mut line);
    }

    fn end_line(&mut self, line: &mut String) {
        if !line.trim().is_empty() {
            self.blocks.paragraph(line);
        }
        line.clear();
    }

    fn list(&mut self, list: &Element, mark: &str, rank: usize, depth: usize) {
        let mut number = 0;
        for item in list.elements() {
            if self.blocks.is_full() {
                return;
            }
            if matches!(item.name.as_str(), "title" | "info") {
                self.blocks.paragraph(&words(item));
                continue;
            }
            number += 1;
            if self.shows_attributes && is_empty(item) && self.attributes(item, depth) {
                continue;
            }
            let mark = if mark == "-" { mark.to_owned() } else { format!("{number}.") };
            if !self.holds_blocks(item) {
                self.blocks.item(depth, &mark, &words(item));
                continue;
            }
            let mut is_first = true;
            for element in item.elements() {
                let is_list =
                    matches!(element.name.as_str(), "itemizedlist" | "orderedlist" | "ul" | "ol" | "substeps");
                if is_list {
                    self.element(element, rank, (depth + 1).min(16));
                } else if is_first {
                    self.blocks.item(depth, &mark, &words(element));
                } else if CODE.contains(&element.name.as_str()) {
                    if let Some(code) = blocks::fenced("", &element.text()) {
                        self.blocks.within_item(&code);
                    }
                } else {
                    self.blocks.within_item(&words(element));
                }
                is_first = false;
            }
        }
    }
}

/// Whether no words stand right in an element.
fn is_bare(element: &Element) -> bool {
    element
        .children
        .iter()
        .all(|node| matches!(node, Node::Text(words) if words.trim().is_empty()) || matches!(node, Node::Element(_)))
}

/// Whether neither words nor elements stand in an element.
fn is_empty(element: &Element) -> bool {
    is_bare(element) && element.elements().next().is_none()
}

fn is_row(element: &Element) -> bool {
    matches!(element.name.as_str(), "row" | "tr" | "strow" | "sthead")
}

/// Whether rows of a table have cells, and not attributes alone. No deeper than rows stand, for tables may stand in tables.
fn has_cells(table: &Element) -> bool {
    let below = table.elements().flat_map(Element::elements);
    table.elements().chain(below).any(|row| is_row(row) && row.elements().next().is_some())
}

fn descendants(element: &Element) -> Vec<&Element> {
    let mut found = Vec::new();
    let mut steps: Vec<&Element> = vec![element];
    while let Some(next) = steps.pop() {
        found.push(next);
        let below: Vec<&Element> = next.elements().collect();
        steps.extend(below.into_iter().rev());
    }
    found
}

/// The words of an element with its links and code.
pub(super) fn words(element: &Element) -> String {
    let mut line = String::new();
    for node in &element.children {
        push(node, &mut line);
    }
    line.trim().to_owned()
}

fn push(node: &Node, line: &mut String) {
    let element = match node {
        Node::Text(words) => return escape::push(line, words),
        Node::Element(element) => element,
    };
    match element.name.as_str() {
        name if LINKS.contains(&name) => {
            let target = element.attribute("href").or(element.attribute("url")).unwrap_or_default();
            let said = words(element);
            let said = if said.is_empty() { blocks::escaped(target) } else { said };
            line.push_str(&blocks::link(&said, target));
        }
        "code" | "literal" | "filename" | "command" | "option" | "function" | "varname" | "classname" | "codeph"
        | "tt" => {
            line.push_str(&blocks::inline_code(&blocks::one_line(&element.text())));
        }
        _ => {
            let said = words(element);
            if !INLINE.contains(&element.name.as_str()) && !line.is_empty() && !said.is_empty() {
                escape::push(line, " ");
            }
            line.push_str(&said);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(xml: &str) -> String {
        read(xml.as_bytes(), ExtractLimits::default()).text
    }

    #[test]
    fn docbook_keeps_its_structure() {
        let book = "<article xml:lang='en'><info><title>Sieves</title><author><personname>Ada</personname></author><date>2024-03-01</date></info>\
            <section><title>Use</title><para>Run <command>sift</command>, see <link xlink:href='https://x.org/a'>the mill</link>.</para>\
            <itemizedlist><listitem><para>fine</para></listitem><listitem><para>coarse</para><orderedlist><listitem><para>one</para></listitem></orderedlist></listitem></itemizedlist>\
            <programlisting language='rust'>fn x() {\n}</programlisting>\
            <informaltable><tgroup><thead><row><entry>a</entry><entry>b</entry></row></thead><tbody><row><entry>1</entry><entry>2</entry></row></tbody></tgroup></informaltable></section></article>";
        let reading = read(book.as_bytes(), ExtractLimits::default());
        assert_eq!((reading.title.as_deref(), reading.language.as_deref()), (Some("Sieves"), Some("en")));
        assert_eq!((reading.authors.len(), reading.dates.len()), (1, 1));
        insta::assert_snapshot!(reading.text);
    }

    #[test]
    fn records_are_lists_of_fields_and_feeds_are_pages() {
        assert_eq!(
            text("<items><item><name>bran</name><size unit='g'>1</size></item></items>"),
            "- name: bran\n- size: 1"
        );
        let feed = "<rss><channel><title>News</title><item><title>One</title><description>&lt;p&gt;A &lt;b&gt;mill&lt;/b&gt;&lt;/p&gt;</description></item></channel></rss>";
        assert_eq!(text(feed), "# News\n\n## One\n\nA mill");
        assert_eq!(read(b"<a><b>x", ExtractLimits::default()).notices[0].kind, NoticeKind::Malformed);
    }

    #[test]
    fn cells_of_tables_stand_in_their_columns() {
        let cals = "<article><informaltable><tgroup cols='3'><colspec colname='a'/><colspec colname='b'/><colspec colname='c'/>\
            <thead><row><entry morerows='1'>mill</entry><entry namest='b' nameend='c'>flour</entry></row><row><entry>fine</entry><entry>coarse</entry></row></thead>\
            <tbody><row><entry>north</entry><entry>1</entry><entry>2</entry></row></tbody></tgroup></informaltable></article>";
        let table = "| mill | flour |  |\n|---|---|---|\n| mill | fine | coarse |\n| north | 1 | 2 |";
        assert_eq!(text(cals), table);
        let html = "<article><table><tr><th rowspan='2'>mill</th><th colspan='2'>flour</th></tr><tr><th>fine</th><th>coarse</th></tr>\
            <tr><td>north</td><td>1</td><td>2</td></tr></table></article>";
        assert_eq!(text(html), table);
    }

    #[test]
    fn attributes_are_shown_where_there_are_no_words() {
        for (xml, expected) in [
            ("<berth name='N-04' length='18'/>", "- berth: name: N-04, length: 18"),
            (
                "<berths harbour='Ystad'><berth name='N-04' length='18'/><berth name='N\n 05'></berth></berths>",
                "- berths: harbour: Ystad\n- berth: name: N-04, length: 18\n- berth: name: N 05",
            ),
            (
                "<berths><berth name='N-04'><tide level='low'/><depth>4</depth></berth><berth name='N-05'/></berths>",
                "- berth: name: N-04\n  - tide: level: low\n  - depth: 4\n- berth: name: N-05",
            ),
            ("<settings><option name='mesh' value='fine'/></settings>", "- option: name: mesh, value: fine"),
            (
                "<table name='berths'><row id='1'/><row id='2'/></table>",
                "- table: name: berths\n- row: id: 1\n- row: id: 2",
            ),
            ("<list><item name='N-04'/><item>N-05</item></list>", "- item: name: N-04\n- N-05"),
            (
                "<r xmlns='u' xmlns:x='u' xsi:schemaLocation='u' xml:lang='en'><s x:mesh='f*ne' empty=''/></r>",
                "- s: mesh: f\\*ne",
            ),
            ("<r><size unit='g'>1</size></r>", "- size: 1"),
            ("<article version='5'><para role='x'>One <xref linkend='a'/>.</para><img src='a'/></article>", "One ."),
        ] {
            assert_eq!(text(xml), expected, "{xml}");
        }
        let limits = ExtractLimits { max_text_bytes: 100, ..ExtractLimits::default() };
        let many = format!("<berths>{}</berths>", "<berth name='N-04'/>".repeat(1_000));
        assert!(read(many.as_bytes(), limits).text.len() < 200);
    }
}
