//! Whole messages.

use super::*;

fn message(headers: &str, body: &str) -> Reading {
    read(format!("From: Ada <ada@x.org>\r\n{headers}\r\n\r\n{body}").as_bytes(), ExtractLimits::default())
}

fn plain(body: &str) -> Reading {
    message("Content-Type: text/plain; charset=utf-8", body)
}

/// A message of these parts, each its headers and its body.
fn parts(kind: &str, parts: &[(&str, &str)]) -> Reading {
    let part = |(headers, body): &(&str, &str)| format!("--b\r\n{headers}\r\n\r\n{body}\r\n");
    let body: String = parts.iter().map(part).collect();
    message(&format!("MIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary=b"), &(body + "--b--\r\n"))
}

const TEXT: &str = "Content-Type: text/plain; charset=utf-8";
const PAGE: &str = "Content-Type: text/html; charset=utf-8";

#[test]
fn headers_say_who_what_and_when() {
    let message = "From: =?iso-8859-1?Q?J=FCrgen_M=FCller?= <j@x.org>\r\nTo: Bo <bo@x.org>, cy@x.org\r\n\
        Subject: =?utf-8?B?TcO8aGxlbg==?=\r\n =?utf-8?Q?_und_Siebe?=\r\nDate: Fri, 1 Mar 2024 10:00:00 +0200\r\n\
        Message-ID: <1@x.org>\r\n\r\nHi.";
    let reading = read(message.as_bytes(), ExtractLimits::default());
    assert_eq!(reading.title.as_deref(), Some("Mühlen und Siebe"));
    assert_eq!(reading.authors, ["Jürgen Müller"]);
    assert_eq!(reading.metadata["to"], "Bo; cy@x.org");
    let [date] = reading.dates.as_slice() else { panic!("{:?}", reading.dates) };
    assert_eq!((date.source, date.at), (DateSource::MailHeader, "2024-03-01T08:00:00Z".parse().ok()));
    assert!(date.event == Event::Published);
    let undated = read(b"From: a@x.org\r\nDate: someday\r\n\r\nHi.", ExtractLimits::default());
    assert!(undated.dates.iter().all(|date| date.at.is_none()), "{:?}", undated.dates);
}

#[test]
fn quotations_stay_as_deep_as_they_are() {
    let reading =
        plain("On Monday Bo wrote:\r\n> > Is it fine?\r\n>> Really?\r\n> It is.\r\nThank you.\r\n- a *b*\r\n");
    assert_eq!(
        reading.text,
        "On Monday Bo wrote:\n\n> > Is it fine?  \n> > Really?\n\n> It is.\n\nThank you.  \n- a \\*b\\*"
    );
    let whole = plain("Agreed.\n\n-----Original Message-----\nFrom: Bo\nSubject: Mill\n\nIt turns.\n> Does it?\n");
    assert_eq!(whole.text, "Agreed.\n\n> From: Bo  \n> Subject: Mill\n\n> It turns.\n\n> > Does it?");
}

#[test]
fn signatures_are_told_beside_the_text() {
    let told = |reading: &Reading| (reading.text.clone(), reading.metadata.get("signature").cloned());
    let below = plain("It turns.\n\n-- \nAda King\nThe Mill, Ystad\n");
    assert_eq!(told(&below), ("It turns.".to_owned(), Some("Ada King\nThe Mill, Ystad".into())));
    let above = plain("It turns.\n-- \nAda\n\nOn Monday Bo wrote:\n> Does it?\n");
    assert_eq!(told(&above), ("It turns.\n\nOn Monday Bo wrote:\n\n> Does it?".to_owned(), Some("Ada".into())));
    // A rule above text is none.
    let long = told(&plain(&format!("It turns.\n--\n{}", "More of it.\n".repeat(40))));
    assert!(long.0.ends_with("More of it.") && long.1.is_none());
}

#[test]
fn flowed_lines_are_put_together() {
    let flowed = "Content-Type: text/plain; charset=utf-8; format=flowed";
    let body = "The mill \r\nturns.\r\n> Does \r\n> it?\r\nYes \r\n\r\nNo.\r\n-- \r\nAda\r\n";
    let reading = message(flowed, body);
    assert_eq!(reading.text, "The mill turns.\n\n> Does it?\n\nYes\n\nNo.");
    assert_eq!(reading.metadata["signature"], "Ada");
    assert_eq!(message(&format!("{flowed}; delsp=yes"), "Mehl \r\nsieb\r\n").text, "Mehlsieb");
    assert_eq!(plain("The mill \r\nturns.\r\n").text, "The mill  \nturns.");
}

#[test]
fn of_two_ways_to_say_the_same_one_is_read() {
    let long = "The mill turns in the wind, and the sieve lets the fine flour through.";
    let page = format!("<html><body><h2>Mill</h2><p>{long}</p></body></html>");
    let alternative = parts("alternative", &[(TEXT, long), (PAGE, &page)]);
    assert_eq!(alternative.text, long);
    let stand_in = parts("alternative", &[(TEXT, "See HTML."), (PAGE, &page)]);
    assert_eq!(stand_in.text, format!("## Mill\n\n{long}"));
    assert_eq!(message(PAGE, &page).text, format!("## Mill\n\n{long}"));
}

#[test]
fn parts_one_after_the_other_are_all_read() {
    let page = "<p>The page says <b>more</b> than the text does, and it says so in a sentence of its own.</p>";
    let both = parts("mixed", &[(TEXT, "First."), (PAGE, page), (TEXT, "Last.")]);
    let said = "The page says more than the text does, and it says so in a sentence of its own.";
    assert_eq!(both.text, format!("First.\n\n{said}\n\nLast."));
    let apart = "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt";
    assert_eq!(parts("mixed", &[(TEXT, "First."), (apart, "Apart.")]).text, "First.");
}

#[test]
fn character_sets_are_those_of_the_parts() {
    let cases: [(&str, &[u8], &str); 5] = [
        (
            "Content-Type: text/plain; charset=iso-8859-15\r\nContent-Transfer-Encoding: quoted-printable",
            b"M=FChle 5 =A4",
            "Mühle 5 €",
        ),
        ("Content-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: base64", b"88nUzw==", "Сито"),
        ("Content-Type: text/plain", b"Die M\xFChle dreht sich.", "Die Mühle dreht sich."),
        (
            "Content-Type: text/plain; charset=x-none\r\nContent-Transfer-Encoding: quoted-printable",
            b"Die M=FChle dreht sich.",
            "Die Mühle dreht sich.",
        ),
        (
            "Content-Type: text/html\r\nContent-Transfer-Encoding: base64",
            b"PHA+RGllIE38aGxlIGRyZWh0IHNpY2guPC9wPg==",
            "Die Mühle dreht sich.",
        ),
    ];
    for (headers, body, expected) in cases {
        let bytes = [b"From: a@x.org\r\nMIME-Version: 1.0\r\n", headers.as_bytes(), b"\r\n\r\n", body].concat();
        assert_eq!(read(&bytes, ExtractLimits::default()).text, expected, "{headers}");
    }
}
