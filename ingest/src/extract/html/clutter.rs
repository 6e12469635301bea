//! What stands around the content of pages, by the names templates give it and the phrases it begins with.

use std::sync::LazyLock;

use regex::Regex;
use scraper::node::Element;

use super::label::{Known, Names};
use super::outline::Outline;

/// How sure it is that an element is no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clutter {
    /// Not at all.
    No,
    /// By its name; one that holds much of the page's prose is content after all.
    Likely,
    /// It asks for something before the page is read; it goes however long it is.
    Consent,
    /// What readers wrote below; it goes however long it is, where anything else is left.
    Comments,
    /// It is not shown.
    Hidden,
}

/// Elements that hold no content whatever they are called.
const ELEMENTS: [&str; 12] = [
    "nav",
    "footer",
    "aside",
    "form",
    "menu",
    "dialog",
    "figure",
    "figcaption",
    "button",
    "fieldset",
    "marquee",
    "address",
];

static COMMENTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?-u)\b(?:comments?|commentlist|commentform|comment(?:body|area|section|list)|disqus|dsq|respond|livefyre|kommentare?|comentarios?|commentaires?)\b")
        .ok()
});

/// Parts of names as templates use them: for sharing, for going elsewhere, for asking something of the reader, and what
/// is said of an article rather than in it.
static NAMES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x-u)
        \b(?:
            shar(?:e|es|ing|ethis)\w*|sharedaddy|addthis|addtoany|a2a|sociable|socials?|social-?(?:\w+)|jp-post-flair|jp-relatedposts|follow-?(?:us|me|buttons?|links?)
          | related\w*|\w*-related|recommend(?:ed|ation)\w*|outbrain|taboola|plista|zergnet|read-?(?:more|next|also)|more-(?:from|stories|on|news|articles|posts|in)|see-also|also-(?:like|read|on)|you-may\w*
          | most-?(?:popular|read|viewed|recent|shared)|popular(?:-?\w+)?|trending|latest-?(?:news|posts|stories|articles)|recent-?(?:news|posts|stories|articles|comments)|up-next|next-prev|prev-next|breaking-?(?:news|block)|news-?ticker|ticker|next-?(?:article|post|story|page)|prev(?:ious)?-?(?:article|post|story|page)
          | teasers?|promos?|promo-\w+|post-?nav\w*|nav-?(?:links|below|above|single|bar|menu|previous|next|wrap\w*)|\w*navigation|navbar|nav|menus?|sub-?menu|menu-\w+|pag(?:ination|er|inate|enav\w*)|bread-?crumbs?\w*
          | newsletter\w*|\w+-newsletter|subscri(?:be|ption|bers?)\w*|sign-?up|opt-?in|mailchimp|mc4wp|log-?in|register
          | ads?|ad-\w+|\w+-ads?|advert\w*|adsense|ads?by\w+|dfp\w*|sponsor\w*|banners?|affiliate-?(?:box|disclaimer|notice|disclosure)
          | side-?bar\w*|widgets?|footer(?:-\w+)?|\w+-footer|foot|masthead|site-header|skip-?links?
          | author(?:s|-?(?:bio|box|info|card|desc\w*|profile|about|details|block|name|meta|image|wrap\w*|title|link))?|about-?(?:the-?)?author|by-?lines?(?:-\w+)?|bio|vcard|avatar|timestamp|pub(?:lish(?:ed)?)?-?date|post-?date
          | (?:post|entry|article|story|page|node|content)-?(?:meta(?:data)?|info|tags?|utility|details|share|date|author|links?|actions?|tools|categor\w+|header-meta|byline)
          | meta|metadata|tags|tag-?(?:list|cloud|links|s)|tagged|topics|keywords|cat-links|categories|labels
          | (?:\w+-)?captions?(?:-\w+)?|credits?|photo-?credits?|image-?(?:source|credit|caption)|galler(?:y|ies)(?:-\w+)?|slide(?:r|s|show)?|carousel|swiper|lightbox|thumbs?|thumbnails?
          | ratings?|vot(?:e|es|ing)|likes?|like-?(?:button|box)|print(?:-\w+)?|tool-?bar|tools|tooltip|pop-?up|modal|overlay
          | hide-?(?:print|me)?|visually-?hidden|sr-only|screen-reader\w*|no-?print|edit-?section|mw-editsection|header-?link|heading-?anchor|anchor-?link|hash-?link
          | copy-?right|disclaimers?|disclosures?|fb-post|toolbox|wp-block-latest-posts|instagram-media|slide-?count\w*
        )\b",
    )
    .ok()
});

/// Names of what asks for leave to set cookies.
static CONSENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?-u)\b(?:cookies?|cookie\w+|consent|gdpr|dsgvo|cmp|privacy-?(?:banner|notice|overview|popup))\b").ok()
});

/// Class names that say how a post is filed rather than what an element is.
static FILING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?-u)(?:^|\s)(?:tag|category|post|type|status|format|author|has|is|no|with|elementor|wp-block|et|vc|js)-[!-~]*",
    )
    .ok()
});

/// What a name says of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    Clutter,
    Consent,
    Comments,
}

/// What elements are, by themselves.
pub(super) struct Judge<'a> {
    names: Known<'a, Said>,
}

impl<'a> Judge<'a> {
    pub(super) fn new() -> Self {
        Self { names: Known::new() }
    }

    /// What an element is.
    pub(super) fn judge(&mut self, element: &'a Element) -> Clutter {
        if is_hidden(element) {
            return Clutter::Hidden;
        }
        let name = element.name();
        if matches!(name, "html" | "body") {
            return Clutter::No;
        }
        let said = self.names.get(Names::of(element), said);
        let role = element.attrs().find(|(name, _)| *name == "role").map_or("", |(_, role)| role);
        if said == Said::Comments {
            Clutter::Comments
        } else if said == Said::Consent || matches!(role, "dialog" | "alertdialog") {
            Clutter::Consent
        } else if ELEMENTS.contains(&name)
            || matches!(role, "navigation" | "complementary" | "banner" | "contentinfo" | "search" | "menu")
            || (said == Said::Clutter && name != "a")
            || (name == "div" && is_picture(element))
        {
            Clutter::Likely
        } else {
            Clutter::No
        }
    }
}

/// Whether a box is called a picture and nothing else: what is written in it is written under the picture.
fn is_picture(element: &Element) -> bool {
    let class = element.attrs().find(|(name, _)| *name == "class").map_or("", |(_, class)| class);
    class.split_ascii_whitespace().any(|name| ["image", "photo", "picture", "img"].contains(&name))
}

/// What a label says.
fn said(label: &str) -> Said {
    let is = |names: &LazyLock<Option<Regex>>, label: &str| names.as_ref().is_some_and(|names| names.is_match(label));
    if label.is_empty() {
        return Said::Nothing;
    }
    if is(&COMMENTS, label) {
        return Said::Comments;
    }
    if is(&CONSENT, label) {
        return Said::Consent;
    }
    let label = FILING.as_ref().map_or(label.into(), |filing| filing.replace_all(label, " "));
    if is(&NAMES, &label) { Said::Clutter } else { Said::Nothing }
}

/// Leaves out what the page does not show.
pub(super) fn leave_out_hidden(outline: &mut Outline<'_>) {
    for at in 1..outline.nodes.len() {
        if outline.element(at).is_some_and(is_hidden) {
            outline.leave_out(at);
        }
    }
}

pub(super) fn is_hidden(element: &Element) -> bool {
    element.attrs().any(|(name, value)| match name {
        "hidden" => true,
        "aria-hidden" => value == "true",
        "style" => hides(value),
        _ => false,
    })
}

fn hides(style: &str) -> bool {
    let style: String =
        style.chars().take(400).filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    style.contains("display:none") || style.contains("visibility:hidden")
}

/// Headings above what is no part of the article.
static HEADINGS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\W*(?:
            (?:\d+\s+)?(?:comments?|responses?|replies|kommentare?|antworten|comentarios?|comentários?|commentaires?|reacties|commenti)\b.{0,40}
          | .{0,12}\b(?:leave|post|write|add)\s+(?:a|your)\s+(?:reply|comment)\b.{0,30}
          | (?:schreibe?|hinterlasse)\s+(?:einen?|eine)\s+(?:kommentar|antwort)\b.{0,30}|kommentar\s+(?:verfassen|schreiben|hinterlassen).{0,20}|kommentieren.{0,20}
          | (?:deja|dejá|deixe)\s+(?:un|tu|um|seu)\s+coment.{0,30}|laisser\s+un\s+commentaire.{0,20}|join\s+the\s+(?:conversation|discussion).{0,20}
          | related\b.{0,40}|similar\s+(?:posts|articles|stories).{0,20}|you\s+(?:may|might|could)\s+(?:also\s+)?(?:like|enjoy|be\s+interested).{0,40}|see\s+also|read\s+(?:more|next|also)\b.{0,40}
          | more\s+(?:from|on|in|stories|articles|news|posts)\b.{0,40}|more\s+(?:great|top|new|recent|popular)\s+(?:\w+\s+){0,2}(?:stories|articles|news|posts)|recommended\b.{0,40}|most\s+(?:popular|read|viewed|recent)\b.{0,20}|popular\s+(?:posts|articles|stories)\b.{0,20}|trending\b.{0,30}|(?:latest|recent)\s+(?:posts|articles|news|stories|comments)\b.{0,20}|don.t\s+miss.{0,20}|what\s+to\s+read\s+next|up\s+next|next\s+(?:post|article)|previous\s+(?:post|article)
          | (?:das\s+)?(?:könnte|dürfte)\s+(?:sie|dich|euch|ihnen|dir)\b.{0,40}|auch\s+interessant.{0,20}|mehr\s+(?:zum\s+thema|zu[mr]?|aus|von)\b.{0,40}|weitere\s+(?:artikel|beiträge|themen|nachrichten|meldungen|inhalte|informationen|news|tipps)\b.{0,40}|ähnliche\s+(?:artikel|beiträge|themen|posts).{0,20}|verwandte\s+(?:artikel|themen|beiträge).{0,20}|neueste\s+(?:artikel|beiträge|kommentare).{0,20}|weiterführende\s+(?:informationen|links|artikel).{0,20}|beliebte(?:ste)?\s+.{0,30}|meistgelesen.{0,20}|lesen\s+sie\s+(?:auch|mehr).{0,40}|passend\s+zum\s+thema.{0,20}|schon\s+gelesen\?|letzte\s+(?:artikel|beiträge|meldungen)|top[\s-]+themen.{0,20}
          | (?:te|le|lhe)\s+puede\s+interesar.{0,20}|(?:vea|veja|lea|leia|ver|leer)\s+(?:también|também|además|mais|más)\b.{0,30}|noticias\s+relacionadas|artículos\s+relacionados|relacionad[ao]s|temas\s+relacionados|mais\s+lidas|à\s+lire\s+aussi.{0,20}|lire\s+aussi.{0,20}|dans\s+la\s+même\s+(?:rubrique|catégorie).{0,20}|sur\s+le\s+même\s+(?:sujet|thème).{0,20}|articles\s+(?:similaires|liés|récents)|leggi\s+anche.{0,20}|articoli\s+correlati|czytaj\s+(?:także|też|więcej).{0,20}|zobacz\s+(?:także|też|również).{0,20}|lees\s+ook.{0,20}
          | about\s+the\s+authors?.{0,30}|über\s+(?:den|die)\s+autor.{0,20}|über\s+(?:mich|uns)|about\s+(?:me|us)|sobre\s+(?:o|el)\s+autor|à\s+propos\s+de\s+l.auteur
          | share\s+(?:this|on|via|with)\b.{0,30}|share|teilen(?:\s+(?:mit|sie|auf)\b.{0,30})?|diesen\s+(?:artikel|beitrag)\s+teilen.{0,20}|gefällt\s+mir.{0,20}|compart(?:ir|e)\b.{0,20}|partager\b.{0,20}|follow\s+(?:us|me)\b.{0,40}|folge(?:n\s+sie)?\s+(?:uns|mir)\b.{0,30}
          | (?:sign\s+up|subscribe)\b.{0,60}|newsletter.{0,40}|advertisement|anzeige|tags?|tagged|schlagw(?:örter|orte)|filed\s+under|kategorien?|categor(?:y|ies)|archiv(?:es?)?|kontakt|impressum|meta|suche|search|navigation|menü|menu
        )[\s:.!?…»>]*$",
    )
    .ok()
});

/// Beginnings of lines that lead elsewhere or speak of the page rather than its matter.
static LINES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\W*(?:
            (?:read|see|watch|learn)\s+(?:also|more|next|now)\b|also\s+(?:read|see|on)\b|lea\s*:|related(?:\s+\w+)?\s*:|more\s*:|recommended\s*:|next\s*:|previous\s*:|don.t\s+miss\s*:|click\s+here\s+(?:to|for)\b
          | (?:lesen|sehen)\s+sie\s+(?:auch|hier|mehr)\b|lies\s+auch\b|mehr\s+(?:dazu|zum\s+thema)\b|siehe\s+auch\b|auch\s+interessant\b|weiterlesen\b|zum\s+thema\s*:
          | (?:lea|leia|vea|veja|ver|leer)\s+(?:también|também|además|mais|más)\b|(?:te|le)\s+puede\s+interesar\b|(?:à\s+)?lire\s+(?:aussi|également)\b|leggi\s+anche\b|czytaj\s+(?:także|też|również|więcej)\b|lees\s+ook\b
          | share\s+(?:this|on|via)\b|teilen\b|follow\s+(?:us|me|him|her|the\s+author|@\w+|\w+\s+\w+\s+on)\b|like\s+us\b|folge\s+uns\b
          | sign\s+up\b|subscribe\b|get\s+(?:the|our)\s+.{0,40}\s*newsletter|enter\s+your\s+e-?mail
          | (?:photo|image|picture|foto|bild|fotos|photos|photograph|photo\s+credits?|image\s+(?:credits?|source)|main\s+image|featured\s+image|titelbild|bildquelle|bildnachweis|quelle|source|źródło|fuente|credits?)\s*(?:by|von|via|\(c\)|©|:)\s*
          | ©|\(c\)\s|copyright\b|all\s+rights\s+reserved|alle\s+rechte\s+vorbehalten
          | (?:adverts?|iklan|reklama|реклама|pubblicità|publicidade)$|advertisement\b|anzeige\b|werbung\b|publicidad\b|publicité\b|(?:image|photo|bild|foto)\s+\d+\s*(?:of|von|de|/)\s*\d+$|sponsored\b|story\s+continues\b|continue\s+reading\b|scroll\s+(?:down|to)\b|this\s+(?:article|story|post)\s+(?:originally|first)\s+appeared
          | (?:posted|filed|published|written|updated|last\s+updated|by)\s*(?:in|on|by|under|at)?\s*:|tags?\s*:|tagged\s*(?:with|in|:)|categor(?:y|ies)\s*:|topics?\s*:|schlagw(?:örter|orte)\s*:|kategorien?\s*:|filed\s+under\b|labels\s*:
          | leave\s+a\s+(?:reply|comment)\b|(?:view|show|load)\s+(?:all\s+|the\s+|more\s+)?(?:comments|discussion)\b|\d+\s+(?:comments?|kommentare?|replies|responses|shares|views|likes)\b|comments\s+are\s+closed
          | loading\b|please\s+enable\s+javascript|print\s+(?:this|article|page)|e-?mail\s+this|download\s+(?:our|the)\s+app
        )",
    )
    .ok()
});

/// Whether a heading stands above what is no part of the article.
pub(super) fn is_heading(words: &str) -> bool {
    HEADINGS.as_ref().is_some_and(|headings| headings.is_match(words))
}

/// Whether a short line leads elsewhere or speaks of the page.
pub(super) fn is_line(words: &str) -> bool {
    LINES.as_ref().is_some_and(|lines| lines.is_match(words))
}

#[cfg(test)]
mod tests {
    use scraper::{Html, Selector};

    use super::*;

    fn judged(markup: &str) -> Clutter {
        let page = Html::parse_fragment(markup);
        let first = page.select(&Selector::parse("html > *").unwrap()).next().unwrap();
        Judge::new().judge(first.value())
    }

    #[test]
    fn surroundings_by_name() {
        for markup in [
            "<nav>x</nav>",
            "<div class=relatedPosts>x</div>",
            "<div class='social-share'>x</div>",
            "<ul class=breadcrumbs></ul>",
            "<div class=ad></div>",
            "<p class=wp-caption-text></p>",
            "<div role=navigation></div>",
            "<div class='image left'>x</div>",
            "<span class=slidecount></span>",
        ] {
            assert_eq!(judged(markup), Clutter::Likely, "{markup}");
        }
        for markup in ["<div id=comments></div>", "<ol class=comment-list></ol>", "<div class=commentBody></div>"] {
            assert_eq!(judged(markup), Clutter::Comments, "{markup}");
        }
        for markup in ["<div id=cookie-banner></div>", "<div role=dialog></div>"] {
            assert_eq!(judged(markup), Clutter::Consent, "{markup}");
        }
        for markup in ["<div hidden></div>", "<p style='Display : none'></p>"] {
            assert_eq!(judged(markup), Clutter::Hidden, "{markup}");
        }
    }

    #[test]
    fn content_by_name() {
        for markup in [
            "<div class='post tag-share category-related'></div>",
            "<div class=article-body></div>",
            "<p class=lead></p>",
            "<div class='commentary'></div>",
            "<div class='download'></div>",
            "<div class='admonition note'></div>",
            "<section id=installation></section>",
            "<div class=text-with-image></div>",
            "<blockquote class=twitter-tweet></blockquote>",
        ] {
            assert_eq!(judged(markup), Clutter::No, "{markup}");
        }
    }

    #[test]
    fn phrases() {
        for words in [
            "Related articles",
            "More great Mill stories",
            "3 Comments",
            "Leave a Reply",
            "Das könnte Sie auch interessieren …",
        ] {
            assert!(is_heading(words), "{words}");
        }
        for words in ["How sieves work", "Searching", "The shares of the mill", "More than two stories"] {
            assert!(!is_heading(words), "{words}");
        }
        for words in
            ["Read more: sieves", "Photo: Ann", "Lesen Sie auch: Siebe", "Lea: Cribas", "Image 2 of 5", "Reklama"]
        {
            assert!(is_line(words), "{words}");
        }
        for words in [
            "Reading more helps.",
            "Photos fade.",
            "The source: a spring.",
            "Reklama was his trade.",
            "Image 2 of it fades",
        ] {
            assert!(!is_line(words), "{words}");
        }
    }
}
