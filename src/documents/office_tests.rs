//! Word, Excel and PowerPoint files.

use super::fixture::{file, text, text_of};
use super::{Kind, Unreadable, recognise};

#[test]
fn the_archives_are_told_apart_by_their_parts() {
    let kinds = ["report.docx", "table.xlsx", "slides.pptx"].map(|name| recognise(Some("a.zip"), None, &file(name)));
    assert_eq!(kinds, [Kind::Docx, Kind::Xlsx, Kind::Pptx]);
}

#[test]
fn a_document_keeps_headings_lists_tables_links_and_notes() {
    let expected = "# 年度报告\n\nTom & Jerry 千桥\nSee the site (https://example.com/)\tnow\nplease[^2]\n- First\n  - Nested\n\n\
        Name | Price\nTea green | 12\n\nBox\n\n[^2]: A note.";
    assert_eq!(text_of("report.docx").as_deref(), Ok(expected));
}

#[test]
fn a_workbook_gives_rows_of_cells_with_dates_as_dates() {
    let expected = "--- Sheet 销售 ---\n日期\t\tAmount\n2024-01-01\tTRUE\t2\ntwo lines\t7\t2024-01-02 12:00:00";
    assert_eq!(text_of("table.xlsx").as_deref(), Ok(expected));
}

#[test]
fn slides_come_in_the_order_of_the_presentation() {
    let expected = "--- Slide 1 ---\n\n## 开始\n\nPoint\n  Detail\n\na | b\n\n--- Slide 2 ---\nEnd";
    assert_eq!(text_of("slides.pptx").as_deref(), Ok(expected));
}

#[test]
fn a_cut_archive_is_broken_or_no_archive() {
    let whole = file("report.docx");
    for end in 0..whole.len() {
        let cut = text("report.docx", whole.slice(..end));
        assert!(matches!(cut, Err(Unreadable::Unsupported | Unreadable::Broken)) || end < 4, "{end}: {cut:?}");
    }
}
