//! HTML pages: the main content as Markdown, what the page says about itself beside it.

mod clutter;
pub(super) mod dateline;
mod ends;
pub(super) mod escape;
mod label;
mod main_part;
mod outline;
mod render;
mod run;
mod shown_day;
mod sift;
mod table;
mod unseen;

use encoding_rs::Encoding;
use scraper::Html;
use serde_json::Value;

use outline::Outline;

use super::reading::Reading;
use super::{ExtractLimits, encoding, page_metadata, page_text, tags};
use crate::NoticeKind;
pub(super) use escape::{push as escape_words, target as link_target};

/// How far the charset declaration is looked for, in bytes (the HTML standard says 1,024; pages go beyond).
const CHARSET_WITHIN: usize = 4 << 10;

/// Deeper nesting than this is no page a person wrote: parsers take time that grows with its square, and readers that
/// recurse run out of stack.
const MAX_DEPTH: usize = 512;

/// Larger pages are read plainly: telling content from surroundings takes time that grows faster than the page.
const MAX_SIFTED: usize = 8 << 20;

/// Reads a page.
pub(super) fn read(bytes: &[u8], limits: ExtractLimits) -> Reading {
    let (source, notice) = encoding::decode(bytes, charset(bytes));
    let depth = tags::depth(&source);
    let mut reading = if depth > MAX_DEPTH {
        let mut reading = Reading { text: tags::strip(&source), ..Reading::default() };
        reading
            .note(NoticeKind::Malformed, format!("elements are nested {depth} deep; the page was read as plain text"));
        reading
    } else {
        let page = Html::parse_document(&source);
        let whole = page_text::read(&page, limits.max_text_bytes.saturating_add(1));
        let mut reading = page_metadata::read(&page);
        if let Some(words) = unseen::words(&page) {
            reading.note(NoticeKind::UnseenWords, words);
        }
        let sifted = if source.len() > MAX_SIFTED { None } else { main_content(&page, &mut reading) };
        match sifted.or_else(|| without_prose(&page, &whole)) {
            Some(text) => Reading { text, beside_text: Some(whole), ..reading },
            None if whole.is_empty() => Reading { text: page_text::without_scripts(&page), ..reading },
            None => Reading { text: whole, ..reading },
        }
    };
    reading.notices.extend(notice);
    reading
}

/// Whether a page says that its links start from elsewhere than from where it lies.
pub(super) fn has_base(bytes: &[u8]) -> bool {
    bytes.windows(6).any(|window| window.eq_ignore_ascii_case(b"<base "))
}

/// Reads a page all of which is content, as a chapter of a book or a message.
pub(super) fn read_whole(bytes: &[u8]) -> Reading {
    let (source, notice) = encoding::decode(bytes, charset(bytes));
    let mut reading = if tags::depth(&source) > MAX_DEPTH {
        Reading { text: tags::strip(&source), ..Reading::default() }
    } else {
        let page = Html::parse_document(&source);
        let mut outline = Outline::of(&page);
        clutter::leave_out_hidden(&mut outline);
        Reading { text: render::render(&outline, &[], 0), ..page_metadata::read(&page) }
    };
    reading.notices.extend(notice);
    reading
}

/// The main content as Markdown; none where there is none to tell from the rest. The date that the page shows is added
/// to what it says about itself.
fn main_content(page: &Html, reading: &mut Reading) -> Option<String> {
    let mut outline = Outline::of(page);
    let shown = run::runs(&outline, 0);
    sift::by_name(&mut outline);
    ends::leave_out_summary(&mut outline, reading.metadata.get(page_metadata::DESCRIPTION).and_then(Value::as_str));
    let runs = run::runs(&outline, 0);
    let root = main_part::find(&outline, &runs);
    reading.dates.extend(dateline::near_heading(&outline, &shown, root, reading.language.as_deref()));
    shown_day::prefer(&mut reading.dates);
    let root = main_part::own_article(&outline, &runs, root?, reading.title.as_deref());
    let leads = main_part::leads(&outline, &runs, root);
    sift::main_part(&mut outline, root);
    ends::leave_out(&mut outline, root, reading.title.as_deref());
    Some(render::render(&outline, &leads, root)).filter(|text| !text.is_empty())
}

/// The page as Markdown where all it has to show is headings or, for the most part, tables, so that they are known as
/// such; plain words would be taken for text. None for any other page; `whole` is its plain words.
fn without_prose(page: &Html, whole: &str) -> Option<String> {
    let mut outline = Outline::of(page);
    sift::by_name(&mut outline);
    let text = render::render(&outline, &[], 0);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).peekable();
    lines.peek()?;
    let tabular = text.contains("\n|---|") && text.len() >= whole.len() / 2;
    (tabular || lines.all(|line| line.starts_with('#'))).then_some(text)
}

/// The encoding the page declares, by looking for `charset=` in its first `<meta>` elements.
fn charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(CHARSET_WITHIN)]).to_ascii_lowercase();
    head.split("<meta").skip(1).find_map(|meta| {
        let meta = meta.split('>').next()?;
        let (_, value) = meta.split_once("charset")?;
        let value = value.trim_start().strip_prefix('=')?;
        let label = value.trim_start_matches([' ', '"', '\'']).split(['"', '\'', ' ', ';', '/']).next()?;
        Encoding::for_label(label.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROSE: &str =
        "The sieve lets fine flour through and keeps the bran, so that what is baked of it is even and light.";

    fn text(page: &str) -> String {
        read(page.as_bytes(), ExtractLimits::default()).text
    }

    /// A page whose article holds this and paragraphs around it.
    fn article(inner: &str) -> String {
        text(&format!(
            "<body><nav><a href=/>Home</a></nav><article><h1>Sieves</h1><p>{PROSE}</p>{inner}<p>{PROSE}</p></article>"
        ))
    }

    #[test]
    fn a_page_of_headings_only_keeps_them_as_headings() {
        let page = "<html><head><title>Lamps</title></head><body><nav><a href=/>Home</a></nav><main><h1>Lamps</h1>\
            <h2>Bulbs</h2><div></div><h2>Shades</h2></main></body></html>";
        assert_eq!(text(page), "# Lamps\n\n## Bulbs\n\n## Shades");
        assert!(has_base(b"<head><BASE href='/x/'></head>") && !has_base(b"<head><basefont></head>"));
    }

    #[test]
    fn structure_is_kept() {
        let cases = [
            ("<h2>Why <em>so</em></h2>", "## Why so"),
            ("<ul><li>flour<li>bran<ol><li>fine<li>coarse</ol></ul>", "- flour\n- bran\n  1. fine\n  2. coarse"),
            ("<ol start=3><li>sift</ol>", "3. sift"),
            (
                "<p>See <a href='/a b'>the mill</a>, <a href='javascript:x()'>now</a>.</p>",
                "See [the mill](/a%20b), now.",
            ),
            ("<p>Run <code>sift `x`</code> on 2*3*4 &lt;b&gt;.</p>", "Run `` sift `x` `` on 2\\*3\\*4 \\<b>."),
            (
                "<pre><code class=language-rust>fn main() {\n    <span class=comment>// it</span>\n}\n</code></pre>",
                "```rust\nfn main() {\n    // it\n}\n```",
            ),
            (
                "<table><caption>Sizes</caption><tr><th>part<th>size<tr><td>bran<td>1 | 2</table>",
                "Sizes\n\n| part | size |\n|---|---|\n| bran | 1 \\| 2 |",
            ),
            (
                "<table><thead><tr><th rowspan=2>mill<th colspan=2>flour<tr><th>fine<th>coarse<tbody><tr><td rowspan=2>north<td>1<td>2<tr><td>3<td>4<tr><td colspan=3>closed</table>",
                "| mill | flour |  |\n|---|---|---|\n| mill | fine | coarse |\n| north | 1 | 2 |\n| north | 3 | 4 |\n| closed |  |  |",
            ),
            ("<table><tr><td><p>one</p><td><table><tr><td>two</table></table>", "one\n\ntwo"),
            ("<blockquote><p>one<p>two</blockquote>", "> one\n>\n> two"),
            ("<p>one<br>two<br><br>three</p>", "one  \ntwo\n\nthree"),
            ("<p>Well!<a href=/x>Go</a></p>", "Well\\![Go](/x)"),
            ("<figure><pre>x</pre></figure>", "```\nx\n```"),
            ("<ruby>字<rt>じ</rt></ruby>", "字"),
        ];
        for (html, markdown) in cases {
            assert_eq!(article(html), format!("{PROSE}\n\n{markdown}\n\n{PROSE}"), "{html}");
        }
    }

    #[test]
    fn surroundings_go() {
        for html in [
            "<aside>Elsewhere</aside>",
            "<div class=social-share>Share</div>",
            "<div class='related-posts'><h3>Related</h3><a href=/x>Mills</a></div>",
            "<h3>You may also like</h3><ul><li><a href=/x>Mills</a></ul>",
            "<p>Read more: <a href=/x>Mills of the north</a></p>",
            "<figure><img src=x><figcaption>A mill</figcaption></figure>",
            "<div hidden>Later</div>",
            "<div id=cookie-notice>We set cookies, and we would like you to agree to all of them.</div>",
            "<ul><li><a href=/1>One</a><li><a href=/2>Two</a></ul>",
        ] {
            assert_eq!(article(html), format!("{PROSE}\n\n{PROSE}"), "{html}");
        }
    }

    #[test]
    fn what_retires_a_page_stays_and_pages_of_tables_keep_them() {
        let retired = article("<div class=banner>This page is obsolete. See the new guide.</div>");
        assert!(retired.contains("This page is obsolete."), "{retired}");
        let rows: String = ["<tr><td>3 May</td><td>49.9</td></tr>"; 20].concat();
        let log = text(&format!(
            "<body><h1>Log</h1><p>{PROSE}</p><table><tr><th>Day</th><th>Mass</th></tr>{rows}</table></body>"
        ));
        assert!(log.contains("| Day | Mass |\n|---|---|\n| 3 May | 49.9 |"), "{log}");
    }

    #[test]
    fn what_looks_like_surroundings_stays() {
        // The pages of a slide show are an article, a hidden page shows itself, and a lead stands before its article.
        let slides = format!("<div class=slide><p>{PROSE}</p></div>").repeat(6);
        assert_eq!(text(&format!("<body><h1>Sieves</h1>{slides}")).matches(PROSE).count(), 6);
        assert_eq!(text(&format!("<body style='visibility:hidden'><p>{PROSE}</p>")), PROSE);
        let page = format!(
            "<header><h1>Sieves</h1><p>All that is known of them.</p><p>{PROSE} It is round.</p></header><ul><li><a href=/>Home</a></ul>\
             <div class=article-body>{}</div>",
            format!("<p>{PROSE}</p>").repeat(9)
        );
        assert!(text(&page).starts_with(&format!("{PROSE} It is round.\n\n{PROSE}")), "{}", text(&page));
    }

    #[test]
    fn what_is_said_at_the_ends_of_the_writers_and_to_the_readers_goes() {
        let body = format!("<p>{PROSE}</p>").repeat(6);
        for aside in [
            "Ann Miller grinds for a living and writes on Sundays. Follow her on Mastodon @ann.",
            "Write to Ann Miller at ann@example.org",
            "Ben Baker contributed to this report.",
            "There is more where that came from. Sign up today for our weekly newsletter.",
            "Get The Mill by post, twelve issues a year. Click here for more information.",
        ] {
            let page = |inner: &str| format!("<body><article><h1>Sieves</h1>{inner}</article>");
            let told = text(&page(&format!("{body}<p>{aside}</p>")));
            assert!(told.ends_with(PROSE), "{told}");
            // In the middle it is part of the story.
            let told = text(&page(&format!("{body}<p>{aside}</p>{body}")));
            assert!(
                told.contains("Ann") || told.contains("Ben") || told.contains("There") || told.contains("Get"),
                "{told}"
            );
        }
    }

    #[test]
    fn a_first_sentence_stays_however_short() {
        let page = format!(
            "<body><article><h1>Sieves</h1><p>By Ann</p><p><a href=/s>Sieves of all sizes</a> are turning once again in the north of the county</p>\
             <p>{PROSE}</p><p>{PROSE}</p></article>"
        );
        assert!(
            text(&page).starts_with("[Sieves of all sizes](/s) are turning once again in the north of the county\n\n"),
            "{}",
            text(&page)
        );
    }

    #[test]
    fn a_heading_that_sums_the_page_up_is_told_beside_it() {
        let page = format!(
            "<head><meta name=description content='What sieves are good for, and where to buy them'></head><body><article>\
             <h1>Sieves</h1><h2>What sieves are good for, and where to buy them.</h2><p>{PROSE}</p><h2>What sieves are</h2>\
             <p>{PROSE}</p></article>"
        );
        let reading = read(page.as_bytes(), ExtractLimits::default());
        assert_eq!(reading.text, format!("{PROSE}\n\n## What sieves are\n\n{PROSE}"));
        assert!(
            reading
                .metadata
                .get("description")
                .is_some_and(|text| text.as_str().is_some_and(|t| t.starts_with("What")))
        );
    }

    #[test]
    fn embedded_posts_are_quotations_and_words_under_pictures_are_not_read() {
        let post = format!("<blockquote class=twitter-tweet><p>{PROSE}</p>— The Mill</blockquote>");
        assert!(article(&post).contains(&format!("> {PROSE}")), "{}", article(&post));
        let picture =
            "<div class='image top'><img src=x><p>A mill in the north, as it stood when it was built.</p></div>";
        assert_eq!(article(picture), format!("{PROSE}\n\n{PROSE}"));
    }

    #[test]
    fn comments_go_where_there_is_an_article() {
        let comments = format!("<section class=comments>{}</section>", format!("<p>I say: {PROSE}</p>").repeat(30));
        let page = format!("<article><h1>Sieves</h1>{}</article>{comments}", format!("<p>{PROSE}</p>").repeat(5));
        assert!(!text(&page).contains("I say"));
        assert!(text(&comments).contains("I say"), "a page of nothing else keeps them");
    }

    #[test]
    fn hostile_pages_are_read_in_time() {
        let pages = [
            "<div><br>Share</div>".repeat(20_000),
            format!("<p>{}", "<a href=/x>Share</a><br><br>".repeat(20_000)),
            format!("<p class='{}'>{PROSE}", "related ".repeat(100_000)),
            format!("<h1>{}", "<a href=/x>[<table><tr><td>".repeat(150)),
            format!("{}{PROSE}", "<ul><li>x".repeat(400)),
            format!("<table><tr>{}<tr><td colspan=999999999>{PROSE}</table>", "<td>x".repeat(20_000)),
            format!("<table><tr><td rowspan=1000000>{PROSE}<td>x{}</table>", "<tr><td colspan=1000>x".repeat(20_000)),
            "<h2>Comments</h2>".repeat(20_000),
        ];
        for page in pages {
            let start = std::time::Instant::now();
            let read =
                super::super::guarded(crate::MediaType::Html, || read(page.as_bytes(), ExtractLimits::default()));
            assert!(read.text.len() < 4 * page.len());
            assert!(start.elapsed().as_secs() < 30, "{:.60}… took {:?}", page, start.elapsed());
        }
    }

    #[test]
    fn declared_encodings() {
        for page in ["<meta charset=windows-1252>", "<META http-equiv=x content='text/html; charset=windows-1252'>"] {
            assert_eq!(charset(page.as_bytes()).map(Encoding::name), Some("windows-1252"), "{page}");
        }
        assert_eq!(charset(b"<meta charset=nonsense><p>charset=utf-8"), None);
    }
}
