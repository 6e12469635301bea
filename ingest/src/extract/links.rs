//! Links of a Markdown file to other files of its source.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};
use regex::Regex;

use crate::source::{Place, Target};
use crate::{ByteSpan, Notice, NoticeKind, percent_decoded};

/// Most links named; who has more knows that something is wrong with all of them.
const MOST: usize = 5;
/// From how many missing pages, if they are more than those found, a document's links do not follow the files.
const ANOTHER_LAYOUT: usize = 4;

/// How a link names what it leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// By a file's name, as `guide.md` or `logo.png`.
    File,
    /// As a site shows it: `guide.html`, `guide/` or `guide`. What that is made of is up to the site's generator.
    Page,
}

/// Notices of the links in `text` that lead to no file.
pub(super) fn check(text: &str, place: &Place) -> Vec<Notice> {
    let mut missing: BTreeMap<ByteSpan, (String, Style)> = BTreeMap::new();
    let mut pages_there = 0_usize;
    for (span, target) in links(text) {
        let Some(path) = relative_path(&target).filter(|path| !is_legal(path)) else { continue };
        let style = style(&path);
        if is_missing(place, &path, style) {
            missing.insert(span, (target, style));
        } else if style == Style::Page {
            pages_there += 1;
        }
    }
    let pages_missing = missing.values().filter(|(_, style)| *style == Style::Page).count();
    if pages_missing >= ANOTHER_LAYOUT && pages_missing > pages_there {
        missing.retain(|_, (_, style)| *style == Style::File);
    }
    let unnamed = missing.len().saturating_sub(MOST);
    let notice = |(place, (span, (target, _))): (usize, (ByteSpan, (String, Style)))| Notice {
        kind: NoticeKind::BrokenLink,
        detail: match unnamed {
            more if more > 0 && place + 1 == MOST => {
                format!("{target:?} names no file here, nor do {more} further links")
            }
            _ => format!("{target:?} names no file here"),
        },
        span: Some(span),
    };
    missing.into_iter().take(MOST).enumerate().map(notice).collect()
}

/// A page in a folder that is not there may be one that the site takes from elsewhere.
fn is_missing(place: &Place, path: &str, style: Style) -> bool {
    match (style, place.follow(path)) {
        (_, Target::There | Target::Outside) | (Style::Page, Target::MissingFolder) => false,
        (Style::File, Target::Missing | Target::MissingFolder) if is_page_source(path) => true,
        (Style::File | Style::Page, Target::Missing | Target::MissingFolder) => {
            matches!(place.follow_from_page(path), Target::Missing | Target::MissingFolder)
        }
    }
}

/// The links and pictures of a text with their spans, code left aside.
fn links(text: &str) -> Vec<(ByteSpan, String)> {
    let mut links = Vec::new();
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. }) => {}
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links.push((range.into(), dest_url.into_string()));
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                for found in HTML_TARGET.captures_iter(&html).filter_map(|captures| captures.get(1)) {
                    let span = ByteSpan::from(found.range()).shifted(range.start);
                    links.push((span, found.as_str().to_owned()));
                }
            }
            _ => {}
        }
    }
    links
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH
}

/// The target of an HTML link or picture.
#[expect(clippy::expect_used, reason = "the pattern is a constant, and tests compile it")]
static HTML_TARGET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)<(?:a|img)\b[^<>]*?\s(?:href|src)\s*=\s*["']([^"'<>]*)["']"#).expect("a constant pattern")
});

/// The path of a link to another file of the source, decoded, without query and fragment. `None` for links to elsewhere:
/// a scheme or host, the root of a site, the page itself, or a template that is filled in later.
fn relative_path(target: &str) -> Option<String> {
    let path = target.split(['?', '#']).next()?.trim();
    let first = path.split('/').next().unwrap_or_default();
    let elsewhere = path.is_empty() || path.starts_with(['/', '\\', '@', '~', '_', '%']) || first.contains(':');
    let filled_in_later = target.contains(['{', '}', '<', '>', '$', '*', '|', '`', '[', ']']);
    let elided = path.contains("...") || path.contains('…');
    if elsewhere || filled_in_later || elided {
        return None;
    }
    percent_decoded(path).filter(|path| !path.contains('\0'))
}

/// Whether the link leads to a licence or its like: such files are shipped apart from the documents that name them, and
/// nobody who asks about the documents misses them.
fn is_legal(path: &str) -> bool {
    const NAMES: [&str; 7] = ["license", "licence", "unlicense", "copying", "copyright", "notice", "patents"];
    let name = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    NAMES.iter().any(|legal| name.strip_prefix(legal).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
}

fn style(path: &str) -> Style {
    match ending(path) {
        Some(ending) if !matches!(ending.as_str(), "html" | "htm") => Style::File,
        Some(_) | None => Style::Page,
    }
}

/// Whether the link names a source file of a page, which every generator resolves against the file itself.
fn is_page_source(path: &str) -> bool {
    ending(path).is_some_and(|ending| matches!(ending.as_str(), "md" | "markdown" | "mdx" | "rst" | "adoc"))
}

/// The ending of the file named by the path's last part, in lower case; `v1.2` has none.
fn ending(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?;
    let (stem, ending) = name.rsplit_once('.')?;
    let is_ending = (1..=8).contains(&ending.len())
        && ending.bytes().all(|b| b.is_ascii_alphanumeric())
        && ending.bytes().any(|b| b.is_ascii_alphabetic());
    (is_ending && !stem.is_empty()).then(|| ending.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::source::{self, Histories, Listed, SourceLimits};
    use crate::{ExtractLimits, NoticeKind, extract};

    /// What is broken in `page.md` of a folder that holds `files` beside it.
    fn broken(page: &str, files: &[&str]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        fs::create_dir_all(folder.path().join("docs")).unwrap();
        fs::write(folder.path().join("docs/page.md"), page).unwrap();
        let listed = source::list(folder.path(), SourceLimits::default(), &Histories::default()).unwrap();
        let location = listed
            .filter_map(|one| if let Listed::Document(location) = one { Some(location) } else { None })
            .find(|location| location.uri == "docs/page.md")
            .unwrap();
        let raw = source::fetch(&location, SourceLimits::default()).unwrap();
        let document = extract(&raw, ExtractLimits::default());
        let notices = document.notices.iter().filter(|notice| notice.kind == NoticeKind::BrokenLink);
        notices.map(|notice| notice.span.unwrap().of(&document.text).unwrap().to_owned()).collect()
    }

    #[test]
    fn links_to_nothing_are_noticed() {
        for link in [
            "[guide](guide.md)",
            "[guide](./guide.md#install)",
            "[guide](../guide.md?plain=1)",
            "[guide](<my guide.md>)",
            "[guide](my%20guide.md)",
            "[guide](guide.html)",
            "[guide](guide/)",
            "[guide](guide)",
            "[guide](licensing.md)",
            "[guide](there/guide.md \"The guide\")",
            "[guide][ref]",
            "![picture](img/missing.png)",
        ] {
            let page = format!("---\ntitle: x\n---\n# Page\n\nRead the {link} first.\n\n[ref]: nowhere/guide.md\n");
            assert_eq!(broken(&page, &["other.md", "img/there.png"]), [link]);
        }
        assert_eq!(broken("Read <a href=\"guide.md\">the guide</a>.\n", &[]), ["guide.md"]);
    }

    #[test]
    fn links_to_something_and_to_elsewhere_are_not() {
        let files =
            ["docs/guide.md", "docs/my guide.md", "docs/part/README.md", "top.md", "img/a.png", "docs/Makefile"];
        for link in [
            "[guide](guide.md)",
            "[guide](./guide.md#anything)",
            "[guide](guide.html?x=1)",
            "[guide](guide)",
            "[guide](guide/)",
            "[guide](my%20guide.md)",
            "[part](part)",
            "[part](part/)",
            "[top](../top.md)",
            "[make](Makefile)",
            "[folder](.)",
            "[folder](../)",
            "![picture](../img/a.png)",
            "[out](../../elsewhere/readme.md)",
            "[site](https://example.org/guide.md)",
            "[mail](mailto:a@example.org)",
            "[host](//example.org/a.md)",
            "[root](/docs/nothing.md)",
            "[here](#nothing)",
            "[template]({{ site.url }}/x.md)",
            "[template](${base}/x.md)",
            "[alias](@site/x.md)",
            "[item](crate::chunk)",
            "[elided](.../x.md)",
            "[another site](../reference/types/never.html)",
            "[licence](LICENSE-MIT)",
            "[licence](../COPYING.md)",
            "`[code](nothing.md)`",
            "<https://example.org/x.md>",
        ] {
            let page = format!("# Page\n\nRead the {link} first.\n\n```md\n[code](nothing.md)\n```\n");
            assert_eq!(broken(&page, &files), Vec::<String>::new(), "{link}");
        }
    }

    #[test]
    fn pages_of_a_generated_site_are_not_files() {
        // As Hugo serves it, `page.md` is `page/`, and what is beside it is one step up.
        let page = "See [a](../a/), [b](../b/#x), [c](../part/c/) and ![d](../d.png).\n";
        assert_eq!(broken(page, &["docs/a.md", "docs/b.md", "docs/part/c.md", "docs/d.png"]), Vec::<String>::new());
        let slugs = "[a](one/) [b](two/) [c](three/) [d](four/) [e](five.md)\n";
        assert_eq!(broken(slugs, &["docs/01-one.md"]), ["[e](five.md)"]);
    }
}
