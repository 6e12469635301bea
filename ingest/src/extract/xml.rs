//! XML as a small tree. Entities are never expanded beyond the five of XML and characters by number, so nothing grows.

use encoding_rs::Encoding;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::encoding;

/// Deeper nesting is no document a program wrote.
const MAX_DEPTH: usize = 256;

/// More nodes than this are more than a document of text needs.
const MAX_NODES: usize = 4_000_000;

/// An element without its namespace prefix.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    /// Names with their prefix, as `r:id`.
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
}

/// An element, or characters between elements.
#[derive(Debug)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

/// What was read, and what ended the reading before the end, if anything.
pub(super) struct Parsed {
    pub(super) root: Element,
    pub(super) problem: Option<String>,
}

impl Element {
    /// The attribute of this name, whatever its prefix; the one without a prefix first.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let local = |key: &str| key.rsplit_once(':').map_or(name == key, |(_, local)| local == name);
        let exact = self.attributes.iter().find(|(key, _)| key == name);
        exact.or_else(|| self.attributes.iter().find(|(key, _)| local(key))).map(|(_, value)| value.as_str())
    }

    /// The attributes as written, names with their prefix.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The attribute of this name that has a prefix, as `r:id` beside `id`.
    pub(super) fn prefixed(&self, name: &str) -> Option<&str> {
        let is_it = |key: &str| key.split_once(':').is_some_and(|(_, local)| local == name);
        self.attributes.iter().find(|(key, _)| is_it(key)).map(|(_, value)| value.as_str())
    }

    /// The elements right below.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| if let Node::Element(element) = node { Some(element) } else { None })
    }

    /// The first element of this name right below.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.name == name)
    }

    /// The element that this path of names leads to.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Element> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }

    /// All elements of this name at any depth, in reading order.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        let mut steps = vec![self];
        std::iter::from_fn(move || {
            let element = steps.pop()?;
            let below: Vec<&Element> = element.elements().collect();
            steps.extend(below.into_iter().rev());
            Some(element)
        })
        .filter(move |element| element.name == name)
    }

    /// All characters in it.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        self.push_text(&mut text);
        text
    }

    fn push_text(&self, text: &mut String) {
        for node in &self.children {
            match node {
                Node::Text(words) => text.push_str(words),
                Node::Element(element) => element.push_text(text),
            }
        }
    }
}

/// Reads XML in the encoding it declares.
pub(super) fn parse_bytes(bytes: &[u8]) -> Parsed {
    let (text, notice) = encoding::decode(bytes, declared_encoding(bytes));
    let parsed = parse(&text);
    Parsed { problem: parsed.problem.or(notice.map(|notice| notice.detail)), ..parsed }
}

/// Reads XML. What is cut off or wrong further down leaves what stands before it.
pub(super) fn parse(text: &str) -> Parsed {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    // The first is the root's parent.
    let mut open = vec![Element::default()];
    let mut nodes = 0;
    let problem = loop {
        nodes += 1;
        if nodes > MAX_NODES {
            break Some(format!("it has more than {MAX_NODES} elements and texts"));
        }
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                if open.len() > MAX_DEPTH {
                    break Some(format!("its elements are nested more than {MAX_DEPTH} deep"));
                }
                open.push(element(&start));
            }
            Ok(Event::Empty(start)) => {
                let child = element(&start);
                add(&mut open, Node::Element(child));
            }
            Ok(Event::End(_)) => close(&mut open),
            Ok(Event::Text(words)) => add_text(&mut open, &words.into_inner()),
            Ok(Event::CData(words)) => add_text(&mut open, &words.into_inner()),
            Ok(Event::GeneralRef(reference)) => add_text(&mut open, &resolved(&reference)),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Ok(Event::Eof) => break (open.len() > 1).then(|| "it ends before its elements do".to_owned()),
            Err(error) => break Some(error.to_string()),
        }
    };
    while open.len() > 1 {
        close(&mut open);
    }
    let root = open.pop().unwrap_or_default();
    let root =
        root.children.into_iter().find_map(|node| if let Node::Element(root) = node { Some(root) } else { None });
    let problem = problem.or_else(|| root.is_none().then(|| "it holds no XML element".to_owned()));
    Parsed { root: root.unwrap_or_default(), problem }
}

/// The name of an element without its prefix.
pub(super) fn local_name(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The characters that a reference stands for; the reference itself where it is one of the document's own.
pub(super) fn resolved(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    match reference.xml10_content().as_ref() {
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        "nbsp" => "\u{A0}".to_owned(),
        name => format!("&{name};"),
    }
}

/// The attributes of a start tag with their values unescaped; those that are no attributes are left out.
pub(super) fn attributes(start: &BytesStart<'_>) -> Vec<(String, String)> {
    let mut list = start.attributes();
    let list = list.with_checks(false);
    list.filter_map(Result::ok)
        .map(|attribute| {
            let raw: &str = attribute.value.as_ref();
            let value = quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), std::borrow::Cow::into_owned);
            (attribute.key.as_ref().to_owned(), value)
        })
        .collect()
}

fn element(start: &BytesStart<'_>) -> Element {
    let name = local_name(start.name().as_ref()).to_owned();
    Element { name, attributes: attributes(start), children: Vec::new() }
}

fn add(open: &mut [Element], node: Node) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(node);
    }
}

fn add_text(open: &mut [Element], words: &str) {
    let Some(parent) = open.last_mut() else { return };
    match parent.children.last_mut() {
        Some(Node::Text(text)) => text.push_str(words),
        Some(Node::Element(_)) | None => parent.children.push(Node::Text(words.to_owned())),
    }
}

fn close(open: &mut Vec<Element>) {
    if open.len() > 1
        && let Some(done) = open.pop()
    {
        add(open, Node::Element(done));
    }
}

/// The encoding in the XML declaration.
fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned();
    let declaration =
        head.trim_start_matches('\u{FEFF}').trim_start().strip_prefix("<?xml")?.split("?>").next()?.to_owned();
    let (_, value) = declaration.split_once("encoding")?;
    let label = value.trim_start_matches([' ', '=', '"', '\'']).split(['"', '\'', ' ']).next()?;
    Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees() {
        let parsed =
            parse("<?xml version='1.0'?><a:r x='1' r:x='2'><b>one &amp; &#65;&own;</b><b/><c><b>two</b></c></a:r>");
        assert_eq!(parsed.problem, None);
        assert_eq!(parsed.root.name, "r");
        assert_eq!((parsed.root.attribute("x"), parsed.root.prefixed("x")), (Some("1"), Some("2")));
        assert_eq!(parsed.root.all("b").map(Element::text).collect::<Vec<_>>(), ["one & A&own;", "", "two"]);
        assert_eq!(parsed.root.at(&["c", "b"]).map(Element::text).as_deref(), Some("two"));
    }

    #[test]
    fn latin_1_is_read_as_declared() {
        let parsed = parse_bytes(b"<?xml version='1.0' encoding='ISO-8859-1'?><r>caf\xE9</r>");
        assert_eq!(parsed.root.text(), "café");
    }

    #[test]
    fn damage_leaves_what_stands_before_it() {
        let parsed = parse("<r><a>one</a><b>two");
        assert_eq!((parsed.root.text().as_str(), parsed.problem.is_some()), ("onetwo", true));
        assert!(parse("").problem.is_some());
        assert!(parse("no XML").problem.is_some());
    }

    #[test]
    fn bombs_do_not_go_off() {
        let deep = "<a>".repeat(100_000);
        assert!(parse(&deep).problem.is_some_and(|problem| problem.contains("deep")));
        let laughs = r#"<!DOCTYPE r [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;">]><r>&b;&b;</r>"#;
        assert_eq!(parse(laughs).root.text(), "&b;&b;");
    }
}
