//! PDF documents.

use super::Unreadable;
use super::fixture::{file, text, text_of};

const REPORT: &str = "Quarterly report\n\nThe “office” opened in\nBerlin, café included.\n\nName\tPrice\nTea\t12.50\n\n\
    Stamped by a form.\n\nSecond page,\nlast line.";

#[test]
fn lines_words_and_columns_come_from_where_text_stands() {
    assert_eq!(text_of("english.pdf").as_deref(), Ok(REPORT));
}

#[test]
fn chinese_is_read_through_its_tables_and_through_known_maps() {
    let expected = "通义千问是一个语言模型。 AI\n电子发票 No. 7\n铁路客票 G12";
    assert_eq!(text_of("chinese.pdf").as_deref(), Ok(expected));
}

#[test]
fn objects_may_be_packed_into_streams() {
    assert_eq!(text_of("object_streams.pdf").as_deref(), Ok("Packed objects."));
}

#[test]
fn a_document_that_cannot_be_read_says_why() {
    assert_eq!(text_of("encrypted.pdf"), Err(Unreadable::Encrypted));
    assert_eq!(text_of("scanned.pdf"), Err(Unreadable::NoText));
    assert_eq!(text_of("no_characters.pdf"), Err(Unreadable::NoCharacters));
    assert_eq!(text_of("truncated.pdf"), Err(Unreadable::Broken));
    assert_eq!(text("a.pdf", &b"%PDF-1.7\nand nothing else"[..]), Err(Unreadable::Broken));
}

#[test]
fn a_password_only_against_changes_does_not_hinder_reading() {
    assert_eq!(text_of("owner_password.pdf").as_deref(), Ok("Printing is not allowed."));
}

#[test]
fn a_broken_table_of_objects_is_rebuilt() {
    assert_eq!(text_of("broken_xref.pdf").as_deref(), Ok(REPORT));
}

#[test]
fn a_mark_after_other_bytes_counts_if_the_client_says_it_is_a_pdf() {
    let bytes = [b"Content-Type: application/pdf\r\n\r\n", &file("broken_xref.pdf")[..]].concat();
    assert_eq!(text("a.pdf", bytes).as_deref(), Ok(REPORT));
}
