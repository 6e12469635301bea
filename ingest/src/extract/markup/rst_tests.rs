//! Whole files of reStructuredText.

use super::*;

fn text(rst: &str) -> String {
    read(rst.as_bytes(), ExtractLimits::default()).text
}

#[test]
fn structure_is_kept() {
    let page = r"
=======
Sieves
=======

:Author: Ada
:Date: 2024-03-01

Use
===

See `the mill <https://x.org/a>`_, the docs_ and :func:`sift`; run ``sift -x``, *now*, not snake_case_.
It |what|::

    sift --all
      deeper

- one

  more of one
- two

  1. inner
  2. second

term
    What it means.

-o FILE, --output FILE  Where to write.
:field: its value

.. note:: Mind
   the bran.

.. code-block:: rust
   :linenos:

   fn x() {}

.. list-table:: Sizes
   :header-rows: 1

   * - part
     - size
   * - bran
     - 1

+-----+------+
| a   | b    |
+=====+======+
| 1   | two  |
|     | more |
+-----+------+

====  ====
x     y
====  ====
1     2
====  ====

.. py:function:: sift(part)

   Sifts a part.

.. versionadded:: 1.2
   The ``x``.

.. figure:: a.png
   :alt: A mill

   The mill.

.. toctree::

   gone

.. a comment
   gone too

Deeper
------

A note [1]_.

.. [1] The note.

    A quotation.

.. _docs: https://x.org/docs
.. |what| replace:: **works**
";
    let reading = read(page.as_bytes(), ExtractLimits::default());
    assert_eq!((reading.title.as_deref(), reading.authors.as_slice()), (Some("Sieves"), ["Ada".to_owned()].as_slice()));
    assert_eq!(reading.dates.len(), 1);
    insta::assert_snapshot!(reading.text);
}

#[test]
fn odd_input_is_read() {
    for rst in
        ["", "====", "..", ".. x::", "+--", "+--+\n|", "==  ==", ":a:", "- ", "1.", "::", "``", "|", "a\n=", "__"]
    {
        let _ = text(rst);
    }
    let nested: Vec<String> = (0..200).map(|depth| format!("{}- x", "  ".repeat(depth))).collect();
    assert!(text(&nested.join("\n\n")).contains('x'));
}

#[test]
fn cells_of_csv_tables_may_begin_with_spaces() {
    for (header, row, expected) in [
        ("Day, Depth", "\"Mon\", \"4,1\"", "| Day | Depth |\n|---|---|\n| Mon | 4,1 |"),
        ("\"Day\", \"Depth, m\"", "Mon,   4", "| Day | Depth, m |\n|---|---|\n| Mon | 4 |"),
        ("Day,Depth", "\"a \"\"b\"\", c\", 5\" pipe", "| Day | Depth |\n|---|---|\n| a \"b\", c | 5\" pipe |"),
        ("Day,Depth", "\"Mon\",", "| Day | Depth |\n|---|---|\n| Mon |  |"),
    ] {
        let page = format!(".. csv-table::\n   :header: {header}\n\n   {row}\n");
        assert_eq!(text(&page), expected, "{row}");
    }
}

#[test]
fn cells_of_grid_tables_stand_in_their_columns() {
    let table = "\
+-------+-----------------+
| mill  | flour           |
|       +-----+-----------+
|       | fi- | coarse    |
|       | ne  |           |
+=======+=====+===========+
| north | 1   | 2         |
|       +-----+-----------+
|       | a + b -- c      |
+-------+-----+-----------+
| south | closed          |
+-------+-----------------+
";
    let expected = "\
| mill | flour |  |
|---|---|---|
| mill | fi- ne | coarse |
| north | 1 | 2 |
| north | a + b -- c |  |
| south | closed |  |";
    assert_eq!(text(table), expected);
}
