//! What an HTML page says about itself: JSON-LD, `<meta>`, `<time>`, `<title>`, `lang`.

use scraper::{ElementRef, Html, Node};
use serde_json::Value;

use super::date::{self, Event, StatedDate};
use super::html::dateline;
use super::language;
use super::reading::Reading;
use crate::DateSource;

/// `<meta>` names (and properties) of the date of the last change.
const MODIFIED: [&str; 20] = [
    "article:modified_time",
    "datemodified",
    "og:updated_time",
    "og:modified_time",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "lastmod",
    "last_modified",
    "date.modified",
    "article.updated",
    "revised",
    "updated",
    "ms.date",
    "article:modified",
    "lastmodified",
    "modified",
    "dc.modified",
    "rnews:datemodified",
    "modified_time",
];

/// `<meta>` names (and properties) of the date of publication.
const PUBLISHED: [&str; 37] = [
    "article:published_time",
    "datepublished",
    "og:published_time",
    "article:published",
    "dcterms.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date.issued",
    "dc.date.created",
    "dc.date",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "date",
    "pubdate",
    "publishdate",
    "publish_date",
    "publish-date",
    "parsely-pub-date",
    "sailthru.date",
    "article.published",
    "article:created",
    "article:publish_time",
    "rnews:datepublished",
    "datecreated",
    "uploaddate",
    "published_time",
    "published_date",
    "publication_date",
    "publication-date",
    "publicationdate",
    "dc.created",
    "dc.issued",
    "dcterms.available",
    "dc:created",
    "cxenseparse:recs:publishtime",
    "displaydate",
];

/// What a page says it is about, for those who list it; a key of the document's metadata.
pub(super) const DESCRIPTION: &str = "description";

/// How many headings of the first rank may be the title.
const MAX_HEADINGS: usize = 8;

/// Reads the metadata of a page; the text is left for others.
pub(super) fn read(page: &Html) -> Reading {
    let mut found = Found::default();
    for node in page.tree.nodes() {
        if let Some(element) = ElementRef::wrap(node) {
            found.take(element);
        }
    }
    found.into_reading()
}

/// What was found in each place, to be ranked at the end.
#[derive(Default)]
struct Found {
    headline: Option<String>,
    meta_title: Option<String>,
    title: Option<String>,
    headings: Vec<String>,
    site: Option<String>,
    description: Option<String>,
    language: Option<String>,
    authors: Vec<String>,
    linked: Vec<StatedDate>,
    meta: Vec<StatedDate>,
    time: Vec<StatedDate>,
    /// Where the page says it stands.
    address: Option<String>,
}

impl Found {
    fn take(&mut self, element: ElementRef<'_>) {
        match element.value().name() {
            "html" => self.language = element.attr("lang").and_then(language::from_tag),
            "title" if !is_within(element, &["svg", "body"]) => {
                self.title.get_or_insert_with(|| words(element));
            }
            "h1" if self.headings.len() < MAX_HEADINGS => self.headings.push(words(element)),
            "meta" => self.take_meta(element),
            "time" => self.take_time(element),
            "link" if element.attr("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) => {
                self.address = self.address.take().or_else(|| element.attr("href").map(str::to_owned));
            }
            "script"
                if element.attr("type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json")) =>
            {
                let text: String = element.text().collect();
                match serde_json::from_str(text.trim()) {
                    Ok(value) => self.take_linked(&value),
                    Err(_) => self.take_broken(&text),
                }
            }
            _ if element.value().attrs().any(|(name, _)| name == "itemprop") => self.take_property(element),
            _ => {}
        }
    }

    fn take_meta(&mut self, element: ElementRef<'_>) {
        let name = ["property", "name", "itemprop"].iter().find_map(|attribute| element.attr(attribute));
        let (Some(name), Some(content)) = (name.map(str::to_ascii_lowercase), element.attr("content")) else { return };
        let content = content.trim();
        let name = name.trim();
        if name == "og:site_name" {
            self.site.get_or_insert_with(|| content.to_owned());
        } else if matches!(name, "description" | "og:description") && !content.is_empty() {
            self.description.get_or_insert_with(|| content.to_owned());
        } else if name == "og:url" {
            self.address.get_or_insert_with(|| content.to_owned());
        } else if name == "og:title" && !content.is_empty() {
            self.meta_title.get_or_insert_with(|| content.to_owned());
        } else if matches!(name, "author" | "article:author" | "dc.creator" | "dcterms.creator" | "citation_author") {
            // `article:author` is often the address of a profile.
            if !content.is_empty() && !content.contains("://") {
                push_new(&mut self.authors, content);
            }
        } else if MODIFIED.contains(&name) {
            self.meta.extend(stated(Event::Modified, name, content));
        } else if PUBLISHED.contains(&name) {
            self.meta.extend(stated(Event::Published, name, content));
        }
    }

    /// A `<time>` that says what it is the time of, or that stands in the head of the article.
    fn take_time(&mut self, element: ElementRef<'_>) {
        let shown = words(element);
        let written = element.attr("datetime").unwrap_or(&shown);
        let role = [element.attr("itemprop"), element.attr("class")]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
            .to_ascii_lowercase();
        if role.contains("modified") || role.contains("updated") {
            self.time.extend(stated(Event::Modified, "time", written));
        } else if element.attr("pubdate").is_some()
            || role.contains("publish")
            || role.contains("entry-date")
            || (is_within(element, &["article", "main"]) && is_within(element, &["header"]))
        {
            self.time.extend(stated(Event::Published, "time", written));
        }
    }

    /// Microdata on elements that are shown.
    fn take_property(&mut self, element: ElementRef<'_>) {
        let event = match element.attr("itemprop").unwrap_or_default() {
            "datePublished" => Event::Published,
            "dateModified" => Event::Modified,
            _ => return,
        };
        let shown = words(element);
        let written = element.attr("content").or_else(|| element.attr("datetime")).unwrap_or(&shown);
        self.time.extend(stated(event, "itemprop", written));
    }

    /// JSON-LD that is no JSON, as with a line break in a string: its first dates.
    fn take_broken(&mut self, text: &str) {
        for (key, event) in [("\"dateModified\"", Event::Modified), ("\"datePublished\"", Event::Published)] {
            let written = text.split_once(key).and_then(|(_, rest)| {
                let (_, value) = rest.trim_start().strip_prefix(':')?.trim_start().split_once('"')?;
                value.split_once('"')
            });
            if let Some((written, _)) = written {
                self.linked.extend(stated(event, key.trim_matches('"'), written));
            }
        }
    }

    /// JSON-LD: the page's own objects, which stand at the top or in the graph, not those they list.
    fn take_linked(&mut self, value: &Value) {
        match value {
            Value::Array(list) => list.iter().for_each(|value| self.take_linked(value)),
            Value::Object(object) => {
                if let Some(graph) = object.get("@graph").and_then(Value::as_array) {
                    for value in graph {
                        self.take_linked(value);
                    }
                }
                let kinds = object.get("@type").map(strings).unwrap_or_default();
                let is_work = |kind: &String| {
                    ["Article", "Posting", "Page", "Report", "Review", "Recipe", "CreativeWork", "HowTo", "Question"]
                        .iter()
                        .any(|ending| kind.ends_with(ending))
                };
                if !kinds.iter().any(is_work) {
                    return;
                }
                let text = |key: &str| object.get(key).and_then(Value::as_str);
                for (key, event) in [("dateModified", Event::Modified), ("datePublished", Event::Published)] {
                    self.linked.extend(text(key).and_then(|written| stated(event, key, written)));
                }
                if let Some(headline) = text("headline").map(str::trim).filter(|headline| !headline.is_empty()) {
                    self.headline.get_or_insert_with(|| headline.to_owned());
                }
                for name in object.get("author").map(strings).unwrap_or_default() {
                    push_new(&mut self.authors, &name);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn into_reading(self) -> Reading {
        let mut dates = self.linked;
        dates.extend(self.meta);
        dates.extend(self.time);
        dates.extend(self.address.as_deref().and_then(dateline::in_address));
        let title = title(self.title, self.meta_title, self.headline, &self.headings, self.site.as_deref());
        let metadata = self.description.map(|text| (DESCRIPTION.to_owned(), Value::String(text))).into_iter().collect();
        Reading { title, authors: self.authors, language: self.language, dates, metadata, ..Reading::default() }
    }
}

/// What the page is called: its heading where that is part of both titles it gives itself (the rest is the site's name),
/// else the title given for sharing, else the one in the head.
fn title(
    title: Option<String>,
    shared: Option<String>,
    headline: Option<String>,
    headings: &[String],
    site: Option<&str>,
) -> Option<String> {
    let said = |text: Option<String>| text.filter(|text| !text.is_empty());
    let (title, shared) = (said(title), said(shared));
    let is_part = |heading: &str| {
        let of_title = title.as_deref().is_some_and(|title| title.contains(heading));
        of_title && shared.as_deref().is_none_or(|shared| shared.contains(heading)) && Some(heading) != site
    };
    let headings = || headings.iter().filter(|heading| !heading.is_empty());
    let part = headings().filter(|heading| is_part(heading)).max_by_key(|heading| heading.len()).cloned();
    let given = part.or(shared).or(said(headline)).or(title).or_else(|| headings().next().cloned())?;
    // The site's name at the end says nothing of the page.
    let bare = site.and_then(|site| {
        let bare = given.strip_suffix(site)?.trim_end();
        bare.strip_suffix(['|', '-', '–', '—', '·', '•', ':', '»'])
    });
    Some(bare.map(str::trim).filter(|bare| !bare.is_empty()).unwrap_or(&given).to_owned())
}

/// A date, unless what is written there is none at all.
fn stated(event: Event, field: &str, written: &str) -> Option<StatedDate> {
    let at = date::parse_on_its_day(written);
    let (source, field, written) = (DateSource::PageMetadata, field.to_owned(), written.trim().to_owned());
    (at.is_some() || date::looks_like_date(&written)).then_some(StatedDate {
        event,
        source,
        field,
        written,
        at,
        span: None,
    })
}

/// The strings in a JSON-LD value: itself, its items, or the names of its objects.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.trim().to_owned()],
        Value::Array(list) => list.iter().flat_map(strings).collect(),
        Value::Object(object) => object.get("name").and_then(Value::as_str).map(str::to_owned).into_iter().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn push_new(names: &mut Vec<String>, name: &str) {
    let name = name.trim();
    if !name.is_empty() && !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

/// The words in an element, one space apart.
fn words(element: ElementRef<'_>) -> String {
    element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// Whether the element stands in one of the named ones. Only the nearest ancestors are asked.
fn is_within(element: ElementRef<'_>, names: &[&str]) -> bool {
    element.ancestors().take(64).any(|node| match node.value() {
        Node::Element(ancestor) => names.contains(&ancestor.name()),
        _ => false,
    })
}
