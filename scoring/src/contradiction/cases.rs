//! Pairs of sentences in our own words: those that must clash and those that must not.

use crate::Rule;
use crate::Rule::{
    ContradictionDate as Date, ContradictionList as List, ContradictionName as Name, ContradictionNumber as Number,
    ContradictionPolarity as Polarity, ContradictionVersion as Version,
};

/// Pairs that cannot both be true, with the rule that says so.
const FIRE: &[(Rule, &str, &str)] = &[
    (
        Polarity,
        "Divers must surface before the harbour bell.",
        "Divers do not have to surface before the harbour bell.",
    ),
    (Polarity, "Boat owners must report the smaller anchors.", "Boat owners need not report the smaller anchors."),
    (Number, "Refunds are accepted within 30 days of purchase.", "Refunds are accepted within two weeks of purchase."),
    (
        Number,
        "Unpaid invoices are sent to collections after 60 days.",
        "Unpaid invoices are sent to collections after 90 days.",
    ),
    (
        Number,
        "Session cookies of the portal expire after 15 minutes.",
        "Session cookies of the portal expire after 1 hour.",
    ),
    (
        Number,
        "The archive server keeps nightly snapshots for three months.",
        "The archive server keeps nightly snapshots for 12 months.",
    ),
    (
        Number,
        "New staff receive their laptop within five days of joining.",
        "New employees receive their laptop within ten days of joining.",
    ),
    (
        Number,
        "The scan service takes pages of up to 25 MB, and pages above that size are refused with a message.",
        "The scan service takes pages of up to 100 MB, and pages above that size are refused with a message.",
    ),
    (Number, "The upload form accepts images up to 5 MB.", "The upload form accepts images up to 20 MB."),
    (Number, "Each warehouse in Lyon has 12 loading docks.", "Each warehouse in Lyon has 14 loading docks."),
    (Number, "The Berlin office seats up to 40 visitors.", "The Berlin office seats 65 visitors."),
    (Number, "Parking in the city garage costs $20 per night.", "Parking in the city garage costs $35 per night."),
    (Number, "The gateway listens on port `8080` by default.", "The gateway listens on port `9090` by default."),
    (Number, "Premium members get a 15% discount on shipping.", "Premium members get a 25% discount on shipping."),
    (
        Number,
        "A password must have at least 8 characters and one digit.",
        "A password must have at least 12 characters and one digit.",
    ),
    (Number, "The scheduler retries a failed job three times.", "The scheduler retries a failed job 5 times."),
    (
        Number,
        "The cluster of the billing service runs on seven nodes.",
        "The cluster of the billing service runs on nine nodes.",
    ),
    (Number, "Members may borrow at most 6 books from the library.", "Members may borrow 10 books from the library."),
    (Number, "The reactor hall is kept at 21 °C overnight.", "The reactor hall is kept at 25 °C overnight."),
    (
        Number,
        "The relay station transmits at 40 MHz during the night.",
        "The relay station transmits at 50 MHz during the night.",
    ),
    (Number, "The bridge over the Isar is 140 meters long.", "The bridge over the Isar is 2 km long."),
    (Number, "The warehouse stores **2,000** pallets of paper.", "The warehouse stores 3,500 pallets of paper."),
    (Number, "The city museum currently employs 48 guides.", "The city museum employs 61 guides."),
    (Number, "Cache entries of the proxy may grow to 2 GB.", "Cache entries of the proxy may grow to 512 MB."),
    (
        Date,
        "The Harbour company was founded in 1998 by two engineers.",
        "The Harbour company was founded in 1996 by two engineers.",
    ),
    (
        Date,
        "The application deadline for the Dover grant is March 3, 2024.",
        "The application deadline for the Dover grant is March 17, 2024.",
    ),
    (Date, "The annual audit of the treasury starts on 1 June.", "The annual audit of the treasury starts on 1 July."),
    (Date, "Support for the Falcon printer ends on 2025-01-31.", "Support for the Falcon printer ends on 2025-06-30."),
    (Version, "The Zephyr gateway requires Python 3.8 or later.", "The Zephyr gateway requires Python 3.11 or later."),
    (Version, "The Falcon printer driver ships as version 4.2.1.", "The Falcon printer driver ships as version 4.3.0."),
    (
        Version,
        "The Orchard billing daemon needs PostgreSQL 13.2 and Redis.",
        "The Orchard billing daemon needs PostgreSQL 15.1 and Redis.",
    ),
    (Polarity, "Remote login is supported on production hosts.", "Remote login is not supported on production hosts."),
    (
        Polarity,
        "Compression of archived logs is enabled by default.",
        "Compression of archived logs is disabled by default.",
    ),
    (Polarity, "Visitors must wear a helmet in the hall.", "Visitors must not wear a helmet in the hall."),
    (
        Polarity,
        "A signed contract is required for trial accounts.",
        "A signed contract is optional for trial accounts.",
    ),
    (Polarity, "Dogs are allowed in the reading room.", "Dogs are forbidden in the reading room."),
    (Polarity, "Gift cards are refundable at every branch.", "Gift cards are not refundable at every branch."),
    (Polarity, "The importer supports encrypted archives.", "The importer does not support encrypted archives."),
    (Polarity, "Messages in the outbox are encrypted at rest.", "Messages in the outbox are unencrypted at rest."),
    (
        Polarity,
        "You can change the billing address after checkout.",
        "You cannot change the billing address after checkout.",
    ),
    (
        Polarity,
        "The replica will accept writes during a failover.",
        "The replica will never accept writes during a failover.",
    ),
    (
        Polarity,
        "Table names in the warehouse are case-sensitive.",
        "Table names in the warehouse are case-insensitive.",
    ),
    (
        Polarity,
        "Guest access to the staging wiki is available.",
        "Guest access to the staging wiki is no longer available.",
    ),
    (
        Polarity,
        "Guests can use the garden network without registration.",
        "Guests cannot use the garden network without registration.",
    ),
    (
        Number,
        "The largest upload of the portal is 25 MB per file.",
        "The largest upload of the portal is 100 MB per file, and there is no limit for the number of files.",
    ),
    (Version, "The web client needs Node.js 18 to build.", "The web client needs Node.js 22 to build."),
    // A denial of what has its time, and what stands where nothing else is given.
    (Polarity, "Passwords of the portal expire every 90 days.", "Passwords of the portal do not expire."),
    (
        Name,
        "If no storage region is given, `eu-north-1` is used.",
        "The storage region defaults to `eu-west-3` when none is specified.",
    ),
    // Who and where, whichever way round it is said.
    (Name, "The ferry timetable is owned by Ines Alba.", "Bo Hult owns the ferry timetable."),
    (
        Name,
        "The tide daemon reads its settings from `/etc/tide/daemon.toml`.",
        "Put the settings of the tide daemon in `/opt/tide/daemon.toml`.",
    ),
    (Number, "The harbour gateway is exposed on port 7100.", "Prometheus scrapes the harbour gateway on port 7200."),
    // What a condition sets as its threshold, and what must not be larger.
    (
        Number,
        "If the boiler rises above 80 °C, the stoker calls the warden.",
        "If the boiler rises above 95 °C, the stoker calls the warden.",
    ),
    (Number, "Letters of complaint must not exceed 5 pages.", "Letters of complaint may be up to 8 pages."),
    (
        Number,
        "Parcels larger than 60 cm are refused by the night post.",
        "The night post takes parcels of up to 90 cm.",
    ),
    // An order to do what the other says is done, and figures in another order.
    (
        Number,
        "The beacon cache is lowered to 300 seconds two days before the switch.",
        "Two days before the switch, lower the beacon cache to 900 seconds.",
    ),
    (
        Number,
        "Failed telegrams are sent again five times over the course of an hour.",
        "Telegrams that fail are sent again nine times over the course of a day.",
    ),
    (
        Number,
        "A new berth gets 12 fenders unless the pilot asks for more.",
        "Unless agreed otherwise with the pilot, a new berth is given 8 fenders.",
    ),
    (
        Number,
        "The rescue course has to be taken every three years.",
        "The rescue course must be taken by each skipper every year.",
    ),
    (Number, "Overdue charts are charged at 20p a day.", "Overdue charts are charged at 35p a day."),
    (
        List,
        "In the lock the skipper opens the valve first, then the gate, then the bridge.",
        "In the lock the skipper opens the gate first, then the valve, then the bridge.",
    ),
    (
        Name,
        "Spent oil of the ferries goes into the barrel with the orange lid.",
        "Spent oil of the ferries goes into the barrel with the blue lid.",
    ),
    // "Our" names the team whose corpus it is, unlike "this" and "the", which each page says of what it is about.
    (Number, "Our test suite of the parser has 300 cases.", "Our test suite of the parser has 450 cases."),
];

/// Pairs that may both be true, or say nothing that could be false.
const QUIET: &[(&str, &str)] = &[
    // Conditions claim nothing, lead-ins count what follows, and a line of a program is no sentence.
    (
        "Take the ferry when:\n\n- You do carry a bicycle to the island.",
        "Take the bus when:\n\n- You don't carry a bicycle to the island.",
    ),
    (
        "Three further kinds of tea follow:\n\n- white\n- green\n- black",
        "Two further kinds of tea follow:\n\n- red\n- yellow",
    ),
    ("92 Money & operator += (const Money & sum);", "99 Money & operator -= (const Money & sum);"),
    // What a page says of itself, and where a link leads.
    (
        "# About\n\n| Verdict | approved |\n|---|---|\n| Translator: | Ines Alba |",
        "# About\n\n| Verdict | rejected |\n|---|---|\n| Translator: | Bo Hult |",
    ),
    ("- Chat room: [the lobby](https://a.example/lobby)", "- Chat room: [the lobby](https://b.example/rooms/lobby)"),
    // The same value in other words.
    ("The archive volume holds 1 GB of metadata.", "The archive volume holds 1024 MB of metadata."),
    ("Backups of the ledger are kept for 14 days.", "Backups of the ledger are kept for two weeks."),
    ("Trial licences of the editor last 12 months.", "Trial licences of the editor last one year."),
    ("The stadium in Porto holds 50,000 people.", "The stadium in Porto holds 50 thousand people."),
    ("The river Elm is about 100 km long.", "The river Elm is 104 km long."),
    ("The tank of the boiler holds 99.5 liters.", "The tank of the boiler holds 100 liters."),
    ("The broker keeps messages for 90 seconds.", "The broker keeps messages for 1.5 minutes."),
    // Another subject.
    ("The Paris office has 12 meeting rooms.", "The Madrid office has 14 meeting rooms."),
    ("The upload form accepts images up to 5 MB.", "The upload form accepts videos up to 50 MB."),
    ("The `--retries` flag of the agent defaults to 3.", "The `--workers` flag of the agent defaults to 8."),
    ("Compression of archived logs is enabled by default.", "Compression of archived images is disabled by default."),
    ("Full-time staff get 30 days of leave.", "Part-time staff get 15 days of leave."),
    ("The basic plan includes 5 seats for editors.", "The business plan includes 25 seats for editors."),
    ("Signed integers of the wire format take 4 bytes.", "Unsigned integers of the wire format take 8 bytes."),
    ("Enabled rules of the firewall are listed first.", "Disabled rules of the firewall are listed first."),
    // Another circumstance.
    ("In 2019 the harbour handled 200 ships.", "In 2023 the harbour handled 340 ships."),
    ("In v3.2 the broker stores offsets in memory.", "In v3.3 the broker stores offsets in memory."),
    (
        "Since version 2.1 the importer supports encrypted archives.",
        "Since version 2.4 the importer supports encrypted archives.",
    ),
    ("The agent uses 2 threads on Windows.", "The agent uses 4 threads on Linux."),
    ("Remote login is supported on production hosts.", "Remote login is not supported on staging hosts."),
    (
        "If compression is enabled, the broker writes archives.",
        "If compression is disabled, the broker writes archives.",
    ),
    (
        "When the queue holds 100 jobs, the broker raises an alarm.",
        "When the queue holds 500 jobs, the broker raises an alarm.",
    ),
    (
        "The museum was closed in 2011 for repairs of the roof and in 2014 for a fair.",
        "The museum was closed in 2012 for repairs of the roof and in 2016 for a fair.",
    ),
    ("Visitors must wear a helmet in the hall.", "Visitors must not wear a helmet in the garden."),
    ("The lift stops at the third floor before noon.", "The lift stops at the third floor after noon."),
    // Limits that fit.
    ("The shuttle carries at least 3 passengers per trip.", "The shuttle carries 7 passengers per trip."),
    ("The shuttle carries up to 20 passengers per trip.", "The shuttle carries 7 passengers per trip."),
    ("The Zephyr gateway requires Python 3 or later.", "The Zephyr gateway requires Python 3.11 or later."),
    // References, lists and code.
    ("The parser of Listing 3-1 reads one token.", "The parser of Listing 4-7 reads one token."),
    ("As shown in Figure 2 the valve opens slowly.", "As shown in Figure 5 the valve opens slowly."),
    ("The details of the handshake are in RFC 5246.", "The details of the handshake are in RFC 8446."),
    ("Step 1: open the main valve slowly.", "Step 2: open the main valve slowly."),
    ("The crash in the importer was tracked as issue #1203.", "The crash in the importer was tracked as issue #1377."),
    ("The glacier retreats every summer [12].", "The glacier retreats every summer [31]."),
    (
        "Fetch the sample from http://example.org/v1/a.csv before starting the tutorial.",
        "Fetch the sample from http://example.org/v2/a.csv before starting the tutorial.",
    ),
    (
        "Call `connect(\"db\", 5432)` to reach the ledger database.",
        "Call `connect(\"db\", 6543)` to reach the ledger database.",
    ),
    // Examples, questions and history.
    ("For example, a shop in Rome may sell 30 shirts.", "For example, a shop in Rome may sell 45 shirts."),
    ("Does the harbour crane lift 30 tonnes of steel?", "Does the harbour crane lift 45 tonnes of steel?"),
    ("Bumped the connection pool of the importer to 20.", "Bumped the connection pool of the importer to 50."),
    ("Copyright 2019 The Harbour Company Authors", "Copyright 2023 The Harbour Company Authors"),
    // A document speaking of itself.
    ("This crate requires Rust 1.56 or later.", "This crate requires Rust 1.70 or later."),
    ("The minimum supported Rust version is 1.56.", "The minimum supported Rust version is 1.63."),
    ("It takes 2 arguments and returns a list.", "It takes 3 arguments and returns a list."),
    ("This test suite of the parser has 300 cases.", "This test suite of the parser has 450 cases."),
    ("The default value is 10.", "The default value is 20."),
    ("The temperature is kept at 90 °C throughout the day.", "The temperature is kept at 45 °C throughout the day."),
    (
        "# Vans: daily check\n\nThe tyre pressure should be 4 bar.",
        "# Harbour lorries: daily check\n\nThe tyre pressure should be 9 bar.",
    ),
    ("Letters of complaint need not exceed 5 pages.", "Letters of complaint may have 8 pages."),
    // Whom it holds for, an exception, and things that there are several of.
    ("The lease must be signed by all tenants.", "The lease need not be signed by all owners."),
    (
        "Guests of the castle may not take photographs unless the porter agrees.",
        "Guests of the castle may take photographs.",
    ),
    ("The harbour gate has a red lamp.", "The harbour gate has a green lamp."),
    // Not a denial of the same thing.
    ("The importer not only reads archives but checks them.", "The importer reads archives and checks them."),
    ("Not all hosts of the cluster accept mail.", "All hosts of the cluster accept mail."),
    ("To enable tracing of requests, restart the agent.", "To disable tracing of requests, restart the agent."),
    ("Public methods of the client are documented.", "Private methods of the client are documented."),
    ("Tickets of the first class include 2 meals.", "Tickets of the first class include a lounge visit."),
    ("The meeting room is open to members.", "The open meeting room is for members."),
];

fn passage(uri: &str, text: &str) -> crate::Passage {
    let source = tamis_ingest::SourceName::new("cases").unwrap();
    let document = tamis_ingest::DocumentId::new(&source, uri);
    crate::Passage {
        chunk: tamis_ingest::ChunkId::new(&document, &[], text, 0),
        document,
        document_name: uri.to_owned(),
        uri: uri.to_owned(),
        text: text.to_owned(),
        offset: 0,
        standing: crate::Standing {
            authority: 50,
            effective_at: None,
            lineage: crate::Lineage::default(),
            words: 10,
            document_words: 10,
            uri: uri.to_owned(),
            ordinal: 0,
        },
        named: Vec::new(),
        language: None,
        fingerprint: crate::Fingerprint::of(text),
        claims: super::claims(text),
    }
}

fn rules(a: &str, b: &str) -> Vec<Rule> {
    crate::relate(&passage("a.md", a), &passage("b.md", b)).conflicts.iter().map(|conflict| conflict.rule).collect()
}

#[test]
fn contradictions_fire() {
    let missed: Vec<_> = FIRE.iter().filter(|(rule, a, b)| rules(a, b) != [*rule] || rules(b, a) != [*rule]).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn what_may_both_be_true_stays_quiet() {
    let alarms: Vec<_> = QUIET.iter().filter(|(a, b)| !rules(a, b).is_empty() || !rules(b, a).is_empty()).collect();
    assert!(alarms.is_empty(), "{alarms:#?}");
}

#[test]
fn nothing_contradicts_itself() {
    for (_, a, b) in FIRE {
        assert_eq!(rules(a, a), []);
        assert_eq!(rules(b, b), []);
    }
}

#[test]
fn change_logs_tell_their_own_history() {
    let (_, a, b) = FIRE[0];
    assert!(crate::relate(&passage("CHANGELOG.md", a), &passage("b.md", b)).conflicts.is_empty());
}

proptest::proptest! {
    #[test]
    fn claims_of_any_text_lie_inside_it(text in proptest::prelude::any::<String>()) {
        let claims = super::claims(&text);
        proptest::prop_assert!(claims.iter().all(|c| c.sentence.of(&text).is_some() && (1..=6).contains(&c.keys.len())));
    }

    #[test]
    fn claims_of_any_near_markdown_lie_inside_it(
        text in "((# A|## `--b-c`|\\| a \\| é \\||\\|---\\|---\\||\\| x\\\\\\| \\| 5 \\||- `k`: v|  - default: 3|\\*\\*Ré\\*\\*: 5 s|Term|: 6|```|--flag-a 'é'|  some words here|--n int  many \\(default 4\\)|`a` is `b` by default|The port of é is `7|defaults to|x = y)\n?){0,14}"
    ) {
        let claims = super::claims(&text);
        let inside = |span: tamis_ingest::ByteSpan| span.of(&text).is_some();
        proptest::prop_assert!(claims.iter().all(|c| inside(c.sentence)));
        proptest::prop_assert!(claims.iter().filter_map(|c| c.entry.as_ref()).all(|entry| inside(entry.value)));
    }

    #[test]
    fn claims_of_any_near_prose_lie_inside_it(
        text in "((is|turned|off|on|once|twice|daily|every|Monday|the|third|9:30|noon|half|a|week|No|not|in|at least|\\$5|30|v1\\.2\\.x|March|2024|1,000|GB|`a`|~5|#1|é|-3-day|exceed|larger than|above|need not|unless|which|first|then|if|red|for all|by each|[.,(\\[\\]):%+-])[ \n]?){0,40}"
    ) {
        let claims = super::claims(&text);
        proptest::prop_assert!(claims.iter().all(|c| c.sentence.of(&text).is_some()));
    }
}
