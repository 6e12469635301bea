//! Whole office files, put together here.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::NoticeKind;
use crate::extract::reading::Reading;
use crate::extract::{ExtractLimits, epub};

/// A package of these parts.
pub(in crate::extract) fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const CORE: &str = "<cp:coreProperties xmlns:cp='c' xmlns:dc='d' xmlns:dcterms='t'><dc:title>Sieves</dc:title><dc:creator>Ada; Bo</dc:creator>\
    <dcterms:created>2023-01-02T03:04:05Z</dcterms:created><dcterms:modified>2024-03-01T10:00:00Z</dcterms:modified><dc:language>en-GB</dc:language></cp:coreProperties>";

fn relations(entries: &[(&str, &str, &str)]) -> String {
    let entry = |(id, kind, target): &(&str, &str, &str)| {
        let mode = if target.starts_with("http") { " TargetMode='External'" } else { "" };
        format!("<Relationship Id='{id}' Type='http://x/{kind}' Target='{target}'{mode}/>")
    };
    format!("<Relationships>{}</Relationships>", entries.iter().map(entry).collect::<String>())
}

fn kinds(reading: &Reading) -> Vec<NoticeKind> {
    reading.notices.iter().map(|notice| notice.kind).collect()
}

fn docx(body: &str) -> Vec<u8> {
    let styles = "<w:styles><w:style w:styleId='H2'><w:name w:val='heading 2'/></w:style><w:style w:styleId='Own'><w:basedOn w:val='H2'/><w:name w:val='Mine'/></w:style>\
        <w:style w:styleId='TOC1'><w:name w:val='toc 1'/></w:style><w:style w:styleId='T'><w:name w:val='Title'/></w:style><w:style w:styleId='C'><w:name w:val='Source Code'/></w:style></w:styles>";
    let numbering = "<w:numbering><w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'><w:start w:val='3'/><w:numFmt w:val='decimal'/></w:lvl>\
        <w:lvl w:ilvl='1'><w:numFmt w:val='bullet'/></w:lvl></w:abstractNum><w:num w:numId='7'><w:abstractNumId w:val='0'/></w:num>\
        <w:num w:numId='8'><w:abstractNumId w:val='0'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='1'/></w:lvlOverride></w:num></w:numbering>";
    package(&[
        ("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", &relations(&[("r1", "officeDocument", "word/document.xml")])),
        ("docProps/core.xml", CORE),
        ("word/document.xml", &format!("<w:document xmlns:w='w' xmlns:r='r'><w:body>{body}</w:body></w:document>")),
        (
            "word/_rels/document.xml.rels",
            &relations(&[
                ("r9", "hyperlink", "https://x.org/a"),
                ("s", "styles", "styles.xml"),
                ("n", "numbering", "numbering.xml"),
                ("f", "footnotes", "footnotes.xml"),
            ]),
        ),
        ("word/styles.xml", styles),
        ("word/numbering.xml", numbering),
        (
            "word/footnotes.xml",
            "<w:footnotes><w:footnote w:type='separator' w:id='0'/><w:footnote w:id='1'><w:p><w:r><w:t>The note.</w:t></w:r></w:p></w:footnote></w:footnotes>",
        ),
    ])
}

#[test]
fn word_documents_keep_their_structure() {
    let body = "<w:p><w:pPr><w:pStyle w:val='T'/></w:pPr><w:r><w:t>On sieves</w:t></w:r></w:p>\
        <w:p><w:pPr><w:pStyle w:val='Own'/></w:pPr><w:r><w:t>Use</w:t></w:r></w:p>\
        <w:p><w:r><w:t xml:space='preserve'>See </w:t></w:r><w:hyperlink r:id='r9'><w:r><w:t>the mi</w:t></w:r><w:r><w:t>ll</w:t></w:r></w:hyperlink><w:r><w:t>, *now*</w:t><w:footnoteReference w:id='1'/></w:r>\
        <w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t xml:space='preserve'> added</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>\
        <w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='7'/></w:numPr></w:pPr><w:r><w:t>three</w:t></w:r></w:p>\
        <w:p><w:pPr><w:numPr><w:ilvl w:val='1'/><w:numId w:val='7'/></w:numPr></w:pPr><w:r><w:t>inner</w:t></w:r></w:p>\
        <w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='7'/></w:numPr></w:pPr><w:r><w:t>four</w:t></w:r></w:p>\
        <w:p><w:pPr><w:pStyle w:val='C'/></w:pPr><w:r><w:t>fn x() {</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val='C'/></w:pPr><w:r><w:t>}</w:t></w:r></w:p>\
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>part</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>size</w:t></w:r></w:p></w:tc></w:tr>\
        <w:tr><w:tc><w:p><w:r><w:t>bran</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>1|2</w:t></w:r></w:p></w:tc></w:tr></w:tbl>";
    let reading = docx::read(&docx(body), ExtractLimits::default());
    assert_eq!(kinds(&reading), []);
    assert_eq!((reading.title.as_deref(), reading.language.as_deref()), (Some("Sieves"), Some("en")));
    assert_eq!((reading.authors.len(), reading.dates.len()), (2, 2));
    insta::assert_snapshot!(reading.text);
}

#[test]
fn the_table_of_contents_of_word_is_no_text() {
    let line = "<w:p><w:pPr><w:pStyle w:val='TOC1'/></w:pPr><w:hyperlink><w:r><w:t>Use</w:t></w:r></w:hyperlink></w:p>";
    let control = "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>\
        <w:sdtContent><w:p><w:r><w:t>Contents</w:t></w:r></w:p></w:sdtContent></w:sdt>";
    let other = "<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Kept</w:t></w:r></w:p></w:sdtContent></w:sdt>";
    let reading = docx::read(&docx(&[line, control, other].concat()), ExtractLimits::default());
    assert!(reading.text.starts_with("Kept\n\n[^"), "{}", reading.text);
}

#[test]
fn lists_of_word_count_anew_where_they_say_so() {
    let item = |list: u32| {
        format!(
            "<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='{list}'/></w:numPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>"
        )
    };
    let between = "<w:p><w:r><w:t>And</w:t></w:r></w:p>";
    let body = [item(7), item(7), between.to_owned(), item(8), item(8), between.to_owned(), item(7)].concat();
    let reading = docx::read(&docx(&body), ExtractLimits::default());
    assert!(reading.text.starts_with("3. x\n4. x\n\nAnd\n\n1. x\n2. x\n\nAnd\n\n3. x"), "{}", reading.text);
}

#[test]
fn merged_cells_of_word_stand_in_their_columns() {
    let cell = |properties: &str, words: &str| {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:tc>")
    };
    let rows = [
        cell("<w:vMerge w:val='restart'/>", "mill") + &cell("<w:gridSpan w:val='2'/>", "flour"),
        cell("<w:vMerge/>", "") + &cell("", "fine") + &cell("", "coarse"),
        cell("", "north") + &cell("", "1") + &cell("", "2"),
    ];
    let gone = format!("<w:tr><w:trPr><w:del/></w:trPr>{}</w:tr>", rows[2]);
    let late = format!("<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>{}</w:tr>", cell("", "3") + &cell("", "4"));
    let rows = format!("<w:tr>{}</w:tr>", rows.join("</w:tr><w:tr>"));
    let reading = docx::read(&docx(&format!("<w:tbl>{rows}{gone}{late}</w:tbl>")), ExtractLimits::default());
    assert_eq!(
        reading.text,
        "| mill | flour |  |\n|---|---|---|\n| mill | fine | coarse |\n| north | 1 | 2 |\n|  | 3 | 4 |\n\n[^footnote1]: The note."
    );
}

#[test]
fn presentations_are_sections_in_the_order_shown() {
    let shape = |kind: &str, paragraphs: &str| {
        format!("<p:sp><p:nvSpPr><p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr><p:txBody>{paragraphs}</p:txBody></p:sp>")
    };
    let words = |words: &str| format!("<a:p><a:r><a:t>{words}</a:t></a:r></a:p>");
    let slide = |shapes: &str| format!("<p:sld><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>");
    let body = "<a:p><a:r><a:t>fine</a:t></a:r></a:p><a:p><a:pPr lvl='1'/><a:r><a:rPr><a:hlinkClick r:id='h'/></a:rPr><a:t>the mill</a:t></a:r></a:p>";
    let hidden = |slide: String| slide.replace("<p:sld>", "<p:sld show='0'>");
    let first = hidden(slide(&(shape("type='title'", &words("Second")) + &shape("type='sldNum'", &words("7")))));
    let second = slide(
        &(shape("type='ctrTitle'", &words("First"))
            + &shape("idx='1'", body)
            + "<p:graphicFrame><a:tbl><a:tr><a:tc rowSpan='2'><a:txBody><a:p><a:r><a:t>a</a:t></a:r></a:p></a:txBody></a:tc><a:tc><a:txBody><a:p><a:r><a:t>b</a:t></a:r></a:p></a:txBody></a:tc></a:tr><a:tr><a:tc vMerge='1'/><a:tc><a:txBody><a:p><a:r><a:t>c</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></p:graphicFrame>"),
    );
    let file = package(&[
        ("_rels/.rels", &relations(&[("r1", "officeDocument", "ppt/presentation.xml")])),
        (
            "ppt/presentation.xml",
            "<p:presentation xmlns:r='r'><p:sldIdLst><p:sldId id='256' r:id='b'/><p:sldId id='257' r:id='a'/></p:sldIdLst></p:presentation>",
        ),
        (
            "ppt/_rels/presentation.xml.rels",
            &relations(&[("a", "slide", "slides/slide1.xml"), ("b", "slide", "slides/slide2.xml")]),
        ),
        ("ppt/slides/slide1.xml", &first),
        ("ppt/slides/slide2.xml", &second),
        (
            "ppt/slides/_rels/slide2.xml.rels",
            &relations(&[("h", "hyperlink", "https://x.org/a"), ("n", "notesSlide", "../notesSlides/notesSlide1.xml")]),
        ),
        ("ppt/notesSlides/notesSlide1.xml", &slide(&shape("type='body'", &words("Say hello.")))),
    ]);
    let reading = pptx::read(&file, ExtractLimits::default());
    assert_eq!((kinds(&reading), reading.title.as_deref()), (vec![], Some("First")));
    assert_eq!(
        reading.text,
        "## First\n\n- fine\n  - [the mill](https://x.org/a)\n\n| a | b |\n|---|---|\n| a | c |\n\n> Notes: Say hello.\n\n## Second (hidden slide)"
    );
    assert_eq!(
        reading.pages.iter().map(|page| page.of(&reading.text).unwrap().lines().next().unwrap()).collect::<Vec<_>>(),
        ["## First", "## Second (hidden slide)"]
    );
    assert_eq!(reading.metadata["hidden_slides"], serde_json::json!(["Second"]));
}

#[test]
fn lists_and_diagrams_of_slides() {
    let item = |level: usize, properties: &str, words: &str| {
        format!("<a:p><a:pPr lvl='{level}'>{properties}</a:pPr><a:r><a:t>{words}</a:t></a:r></a:p>")
    };
    let number = "<a:buAutoNum type='arabicPeriod'/>";
    let items = [
        item(0, number, "a"),
        item(1, number, "b"),
        item(1, number, "c"),
        item(0, number, "d"),
        item(0, "<a:buChar char='-'/>", "e"),
        item(0, "<a:buAutoNum type='arabicPeriod' startAt='7'/>", "f"),
        item(1, number, "g"),
    ];
    let shape = format!("<p:sp><p:nvSpPr><p:nvPr/></p:nvSpPr><p:txBody>{}</p:txBody></p:sp>", items.concat());
    let frame =
        "<p:graphicFrame><a:graphic><a:graphicData><dgm:relIds r:dm='d'/></a:graphicData></a:graphic></p:graphicFrame>";
    let point = |words: &str| format!("<dgm:pt><dgm:t><a:p><a:r><a:t>{words}</a:t></a:r></a:p></dgm:t></dgm:pt>");
    let data =
        format!("<dgm:dataModel><dgm:ptLst>{}<dgm:pt/>{}</dgm:ptLst></dgm:dataModel>", point("sift"), point("bake"));
    let file = package(&[
        ("_rels/.rels", &relations(&[("r1", "officeDocument", "ppt/presentation.xml")])),
        (
            "ppt/presentation.xml",
            "<p:presentation xmlns:r='r'><p:sldIdLst><p:sldId r:id='a'/></p:sldIdLst></p:presentation>",
        ),
        ("ppt/_rels/presentation.xml.rels", &relations(&[("a", "slide", "slides/slide1.xml")])),
        (
            "ppt/slides/slide1.xml",
            &format!("<p:sld xmlns:r='r'><p:cSld><p:spTree>{shape}{frame}</p:spTree></p:cSld></p:sld>"),
        ),
        ("ppt/slides/_rels/slide1.xml.rels", &relations(&[("d", "diagramData", "../diagrams/data1.xml")])),
        ("ppt/diagrams/data1.xml", &data),
    ]);
    let reading = pptx::read(&file, ExtractLimits::default());
    assert_eq!(reading.text, "## Slide 1\n\n1. a\n   1. b\n   2. c\n2. d\n- e\n7. f\n   1. g\n- sift\n- bake");
}

fn xlsx(sheet: &str) -> Vec<u8> {
    package(&[
        ("_rels/.rels", &relations(&[("r1", "officeDocument", "xl/workbook.xml")])),
        (
            "xl/workbook.xml",
            "<workbook xmlns:r='r'><sheets><sheet name='Sizes' sheetId='1' r:id='a'/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &relations(&[
                ("a", "worksheet", "worksheets/sheet1.xml"),
                ("b", "sharedStrings", "sharedStrings.xml"),
                ("c", "styles", "styles.xml"),
            ]),
        ),
        (
            "xl/sharedStrings.xml",
            "<sst><si><t>part</t></si><si><r><t>si</t></r><r><t>ze</t></r><rPh><t>no</t></rPh></si></sst>",
        ),
        (
            "xl/styles.xml",
            "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='0.0%'/></numFmts><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/></cellXfs></styleSheet>",
        ),
        ("xl/worksheets/sheet1.xml", &format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>")),
    ])
}

#[test]
fn workbooks_are_tables() {
    let sheet = "<row r='2'><c r='B2' t='s'><v>0</v></c><c r='C2' t='s'><v>1</v></c><c r='D2' t='inlineStr'><is><t>day</t></is></c></row>\
        <row r='3'><c r='B3' t='str'><f>A1</f><v>a &amp; b</v></c><c r='C3' s='2'><v>0.125</v></c><c r='D3' s='1'><v>45352</v></c></row>\
        <row r='1048576'><c r='XFD1048576'><v>0.30000000000000004</v></c></row>";
    let reading = xlsx::read(&xlsx(sheet), ExtractLimits::default());
    assert_eq!(kinds(&reading), []);
    assert_eq!(reading.text, "## Sizes\n\n| part | size | day |\n|---|---|---|\n| a & b | 12.5% | 2024-03-01 |\n\n0.3");
    let cut = xlsx::read(&xlsx("<row r='1'><c r='A1'><v>1</v></c></row><!-- cut off"), ExtractLimits::default());
    assert_eq!((cut.text.as_str(), kinds(&cut)), ("## Sizes\n\n1", vec![NoticeKind::Malformed]));
}

#[test]
fn merged_cells_links_and_hidden_sheets_of_workbooks() {
    let sheet = |rows: &str, more: &str| format!("<worksheet><sheetData>{rows}</sheetData>{more}</worksheet>");
    let cell = |place: &str, words: &str| format!("<c r='{place}' t='inlineStr'><is><t>{words}</t></is></c>");
    let rows = format!(
        "<row r='1'>{}{}</row><row r='2'>{}{}</row><row r='3'>{}</row>",
        cell("A1", "mill"),
        cell("B1", "size"),
        cell("A2", "north"),
        cell("B2", "1"),
        cell("B3", "2")
    );
    let more =
        "<mergeCells><mergeCell ref='A2:A3'/></mergeCells><hyperlinks><hyperlink ref='B3' r:id='h'/></hyperlinks>";
    let file = package(&[
        ("_rels/.rels", &relations(&[("r1", "officeDocument", "xl/workbook.xml")])),
        (
            "xl/workbook.xml",
            "<workbook xmlns:r='r'><sheets><sheet name='Sizes' r:id='a'/><sheet name='Old' state='hidden' r:id='b'/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &relations(&[("a", "worksheet", "worksheets/sheet1.xml"), ("b", "worksheet", "worksheets/sheet2.xml")]),
        ),
        ("xl/worksheets/sheet1.xml", &sheet(&rows, more)),
        ("xl/worksheets/_rels/sheet1.xml.rels", &relations(&[("h", "hyperlink", "https://x.org/2")])),
        ("xl/worksheets/sheet2.xml", &sheet(&format!("<row r='1'>{}</row>", cell("A1", "gone by")), "")),
    ]);
    let reading = xlsx::read(&file, ExtractLimits::default());
    assert_eq!(
        reading.text,
        "## Sizes\n\n| mill | size |\n|---|---|\n| north | 1 |\n| north | [2](https://x.org/2) |\n\n## Old (hidden sheet)\n\ngone by"
    );
    assert_eq!(reading.metadata["hidden_sheets"], serde_json::json!(["Old"]));
}

fn open_document(body: &str) -> Vec<u8> {
    package(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        (
            "META-INF/manifest.xml",
            "<manifest:manifest><manifest:file-entry manifest:full-path='content.xml'/></manifest:manifest>",
        ),
        (
            "meta.xml",
            "<office:document-meta><office:meta><dc:title>Sieves</dc:title><meta:initial-creator>Ada</meta:initial-creator><dc:creator>Bo</dc:creator><meta:creation-date>2023-01-02T03:04:05</meta:creation-date><dc:date>2024-03-01T10:00:00.123</dc:date></office:meta></office:document-meta>",
        ),
        (
            "content.xml",
            &format!(
                "<office:document-content><office:automatic-styles><style:style style:name='ta2'><style:table-properties table:display='false'/></style:style><style:style style:name='P1' style:parent-style-name='Preformatted_20_Text'/><text:list-style style:name='L1'><text:list-level-style-number text:level='1'/></text:list-style></office:automatic-styles><office:body>{body}</office:body></office:document-content>"
            ),
        ),
    ])
}

#[test]
fn open_documents_keep_their_structure() {
    let text = "<office:text><text:h text:outline-level='2'>Use</text:h><text:p>See <text:a xlink:href='https://x.org/a'>the <text:span>mill</text:span></text:a>,<text:s/>now<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>The note.</text:p></text:note-body></text:note>.</text:p>\
        <text:list text:style-name='L1'><text:list-item><text:p>one</text:p><text:list><text:list-item><text:p>inner</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>two</text:p></text:list-item></text:list>\
        <text:p text:style-name='P1'>fn x() {<text:s text:c='2'/></text:p><text:p text:style-name='P1'>}</text:p>\
        <table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table></office:text>";
    let reading = opendocument::read(&open_document(text), ExtractLimits::default());
    assert_eq!(kinds(&reading), []);
    assert_eq!((reading.title.as_deref(), reading.authors.as_slice()), (Some("Sieves"), ["Ada".to_owned()].as_slice()));
    assert_eq!(reading.dates.iter().filter_map(|date| date.at).count(), 2);
    assert_eq!(
        reading.text,
        "## Use\n\nSee [the mill](https://x.org/a), now[^1].\n\n1. one\n   - inner\n2. two\n\n```\nfn x() {  \n}\n```\n\n| a | b |\n|---|---|\n\n[^1]: The note."
    );

    let sheet = "<office:spreadsheet><table:table table:name='Sizes'><table:table-row table:number-rows-repeated='1048576'><table:table-cell table:number-columns-repeated='16384'/></table:table-row></table:table>\
        <table:table table:name='More'><table:table-row><table:table-cell office:value-type='string'><text:p>a</text:p></table:table-cell><table:table-cell office:value-type='date' office:date-value='2024-03-01'><text:p>1.3.24</text:p></table:table-cell></table:table-row>\
        <table:table-row><table:table-cell table:number-columns-repeated='2' office:value-type='float' office:value='2.50'><text:p>2,5</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>";
    let reading = opendocument::read(&open_document(sheet), ExtractLimits::default());
    assert_eq!(reading.text, "## More\n\n| a | 2024-03-01 |\n|---|---|\n| 2.5 | 2.5 |");

    let slides = "<office:presentation><draw:page draw:name='p1'><draw:frame presentation:class='title'><draw:text-box><text:p>First</text:p></draw:text-box></draw:frame><draw:frame><draw:text-box><text:list><text:list-item><text:p>point</text:p></text:list-item></text:list></draw:text-box></draw:frame><presentation:notes><draw:frame><draw:text-box><text:p>Say.</text:p></draw:text-box></draw:frame></presentation:notes></draw:page></office:presentation>";
    let reading = opendocument::read(&open_document(slides), ExtractLimits::default());
    assert_eq!((reading.text.as_str(), reading.pages.len()), ("## First\n\n- point\n\n> Notes: Say.", 1));
}

#[test]
fn merged_cells_of_open_documents_stand_in_their_columns() {
    let cell =
        |spans: &str, words: &str| format!("<table:table-cell {spans}><text:p>{words}</text:p></table:table-cell>");
    let rows = format!(
        "<table:table-row>{}{}<table:covered-table-cell/></table:table-row><table:table-row><table:covered-table-cell/>{}{}</table:table-row>",
        cell("table:number-rows-spanned='2'", "mill"),
        cell("table:number-columns-spanned='2'", "flour"),
        cell("", "fine"),
        cell("", "coarse")
    );
    let expected = "| mill | flour |  |\n|---|---|---|\n| mill | fine | coarse |";
    let text = format!("<office:text><table:table>{rows}</table:table></office:text>");
    assert_eq!(opendocument::read(&open_document(&text), ExtractLimits::default()).text, expected);
    let sheet = format!(
        "<office:spreadsheet><table:table table:name='Old' table:style-name='ta2'>{rows}</table:table></office:spreadsheet>"
    );
    let reading = opendocument::read(&open_document(&sheet), ExtractLimits::default());
    assert_eq!(reading.text, format!("## Old (hidden sheet)\n\n{expected}"));
    assert_eq!(reading.metadata["hidden_sheets"], serde_json::json!(["Old"]));
}

#[test]
fn books_are_their_pages_in_order() {
    let book = "<package><metadata xmlns:dc='d'><dc:title>Sieves</dc:title><dc:creator>Ada</dc:creator><dc:creator>Bo</dc:creator><dc:language>en</dc:language><dc:date>2023-01-02</dc:date><meta property='dcterms:modified'>2024-03-01T10:00:00Z</meta></metadata>\
        <manifest><item id='n' href='nav.xhtml' properties='nav'/><item id='a' href='text/one%20a.xhtml'/><item id='b' href='two.xhtml'/><item id='c' href='gone.xhtml'/><item id='t' href='toc.xhtml'/></manifest><guide><reference type='toc' href='toc.xhtml#top'/></guide><spine><itemref idref='n'/><itemref idref='t'/><itemref idref='b'/><itemref idref='a'/><itemref idref='c'/></spine></package>";
    let page = |body: &str| {
        format!(
            "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title></head><body>{body}</body></html>"
        )
    };
    let file = package(&[
        ("mimetype", "application/epub+zip"),
        (
            "META-INF/container.xml",
            "<container><rootfiles><rootfile full-path='OPS/book.opf'/></rootfiles></container>",
        ),
        ("OPS/book.opf", book),
        ("OPS/nav.xhtml", &page("<nav>contents</nav>")),
        ("OPS/toc.xhtml", &page("<p>contents</p>")),
        ("OPS/text/one a.xhtml", &page("<h1>Two</h1><p>Short.</p>")),
        (
            "OPS/two.xhtml",
            &page(
                "<h1>One</h1><ul><li>a</li></ul><table><tr><th>x</th><th>y</th></tr><tr><td>1</td><td>2</td></tr></table>",
            ),
        ),
    ]);
    let reading = epub::read(&file, ExtractLimits::default());
    assert_eq!((reading.title.as_deref(), reading.authors.len(), reading.dates.len()), (Some("Sieves"), 2, 2));
    assert_eq!(reading.text, "# One\n\n- a\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n# Two\n\nShort.");
    assert_eq!(kinds(&reading), [NoticeKind::Malformed]);
}

#[test]
fn hostile_packages_end_in_notices() {
    let deep = format!("<w:p>{}", "<w:sdt>".repeat(100_000));
    assert_eq!(kinds(&docx::read(&docx(&deep), ExtractLimits::default())), [NoticeKind::Malformed]);
    let whole = docx("<w:p><w:r><w:t>x</w:t></w:r></w:p>");
    assert_eq!(kinds(&docx::read(&whole[..whole.len() - 100], ExtractLimits::default())), [NoticeKind::Malformed]);
    assert_eq!(
        kinds(&docx::read(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", ExtractLimits::default())),
        [NoticeKind::Encrypted]
    );
    assert_eq!(
        kinds(&xls::read(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", ExtractLimits::default())),
        [NoticeKind::Malformed]
    );
    let bomb = " ".repeat(129 << 20);
    let reading = docx::read(&docx(&bomb), ExtractLimits::default());
    assert!(kinds(&reading).contains(&NoticeKind::Malformed), "{:?}", reading.notices);
    assert!(
        reading.notices.iter().any(|notice| notice.detail.contains("unpacks to more than")),
        "{:?}",
        reading.notices
    );
}
