//! Files that were made to do harm: they must end in an error or in text, soon and without much memory.

use bytes::Bytes;
use flate2::{Compress, Compression, FlushCompress};
use proptest::prelude::*;

use super::fixture::{file, text, text_of};
use super::{Deadline, Kind, PATIENCE, Unreadable, read_now, recognise};

/// So many mebibytes of one byte, packed: each is a block of its own that can be repeated.
fn packed(byte: u8, mebibytes: usize) -> Vec<u8> {
    let mut block = Vec::with_capacity(1 << 14);
    let packed =
        Compress::new(Compression::best(), false).compress_vec(&[byte; 1 << 20], &mut block, FlushCompress::Sync);
    assert!(packed.is_ok() && block.len() < 1 << 14);
    let mut packed = block.repeat(mebibytes);
    // The last block, which is empty.
    packed.extend([3, 0]);
    packed
}

/// An archive of one packed part.
fn archive(name: &str, packed: &[u8], size: u32) -> Vec<u8> {
    let fields = |head: &[u8]| {
        let lengths = [packed.len() as u32, size].map(u32::to_le_bytes).concat();
        let name_length = (name.len() as u16).to_le_bytes();
        [head, &[20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0], &lengths, &name_length, &[0, 0]].concat()
    };
    let mut bytes = [&fields(b"PK\x03\x04")[..], name.as_bytes(), packed].concat();
    let directory_at = (bytes.len() as u32).to_le_bytes();
    let directory = [&fields(b"PK\x01\x02\x14\0")[..], &[0; 14], name.as_bytes()].concat();
    bytes.extend_from_slice(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(directory_at);
    bytes.extend([0, 0]);
    bytes
}

#[test]
fn a_part_of_a_gigabyte_of_zeros_is_refused_whatever_size_it_claims() {
    let zeros = packed(0, 1024);
    for size in [1 << 30, 10] {
        let bomb = archive("word/document.xml", &zeros, size);
        assert_eq!(recognise(None, None, &bomb), Kind::Docx);
        assert_eq!(text("a.docx", bomb), Err(Unreadable::TooLarge));
    }
}

#[test]
fn entities_that_a_document_defines_do_not_expand() {
    let document =
        b"<!DOCTYPE d [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><w:document><w:p><w:t>x&b;y</w:t></w:p></w:document>";
    let mut packed = Vec::with_capacity(1 << 10);
    let done = Compress::new(Compression::best(), false).compress_vec(document, &mut packed, FlushCompress::Finish);
    assert!(done.is_ok());
    assert_eq!(text("a.docx", archive("word/document.xml", &packed, 0)).as_deref(), Ok("xy"));
}

#[test]
fn a_page_may_be_as_deep_as_it_likes() {
    for tag in ["div", "table", "ul", "svg", "b"] {
        let deep = format!("<{tag}>").repeat(100_000) + "end" + &format!("</{tag}>").repeat(100_000) + "<p>after";
        let read = text("a.html", deep.into_bytes()).unwrap_or_default();
        assert!(read.ends_with("after") && (tag == "svg" || read.contains("end")), "{tag}");
    }
    let lists = "<ul><li>x".repeat(100_000);
    assert!(text("a.html", lists.into_bytes()).is_ok_and(|read| read.len() < 3_000_000));
}

#[test]
fn deep_json_is_only_text() {
    let deep = "[".repeat(1_000_000);
    assert_eq!(text("a.json", deep.clone().into_bytes()), Ok(deep));
}

#[test]
fn deep_xml_in_a_document_is_walked_without_recursion() {
    let document = format!("<w:tbl><w:tr><w:tc>{}", "<w:tbl><w:tr><w:tc>".repeat(50_000)) + "<w:p><w:t>in</w:t></w:p>";
    let mut packed = Vec::with_capacity(1 << 20);
    let done =
        Compress::new(Compression::fast(), false).compress_vec(document.as_bytes(), &mut packed, FlushCompress::Finish);
    assert!(done.is_ok());
    assert!(text("a.docx", archive("word/document.xml", &packed, 0)).is_ok());
}

/// A PDF whose object 6 holds the others, packed like this.
fn pdf(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n6 0 obj\n<<{dictionary}>>stream\n");
    [head.as_bytes(), data, b"\nendstream\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF"].concat()
}

#[test]
fn objects_of_a_pdf_that_unpack_to_a_gigabyte_are_refused() {
    let zlib = [&[0x78, 0xda][..], &packed(b' ', 1024)].concat();
    let usual = "/Type/ObjStm/N 1/First 4/Filter/FlateDecode";
    assert_eq!(text("a.pdf", pdf(usual, &zlib)), Err(Unreadable::TooLarge));
    assert_eq!(text("a.pdf", pdf("/Type/XRef/Size 9/W [1 2 1]/Filter/FlateDecode", &zlib)), Err(Unreadable::TooLarge));
    assert_eq!(text("a.pdf", pdf("/Type/Obj#53tm/N 1/Fir#73t 4/Filter/FlateDecode", &zlib)), Err(Unreadable::TooLarge));
    let twice = "/Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]";
    assert_eq!(text("a.pdf", pdf(twice, &zlib)), Err(Unreadable::Broken));
    assert_eq!(text("a.pdf", pdf(&format!("{usual}/Note(/Encrypt)"), &zlib)), Err(Unreadable::Encrypted));
}

#[test]
fn a_page_that_unpacks_to_a_gigabyte_is_refused() {
    let zlib = [&[0x78, 0xda][..], &packed(b' ', 1024)].concat();
    let page =
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj \
        3 0 obj<</Type/Page/Contents 4 0 R>>endobj 4 0 obj<</Filter/FlateDecode>>stream\n";
    let bomb = [&page[..], &zlib, b"\nendstream endobj trailer<</Root 1 0 R>>"].concat();
    assert_eq!(text("a.pdf", bomb), Err(Unreadable::TooLarge));
}

#[test]
fn pages_and_streams_that_contain_themselves_end() {
    assert!(text_of("cyclic_pages.pdf").is_ok_and(|read| read.starts_with("Quarterly report")));
    assert_eq!(text_of("cyclic_object_stream.pdf").as_deref(), Ok("Packed objects."));
}

#[test]
fn deep_objects_of_a_pdf_do_not_overflow_the_stack() {
    for nest in ["[", "<</A"] {
        let page = format!("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj{}", nest.repeat(200_000));
        assert!(text("a.pdf", page.into_bytes()).is_err());
        let content = format!("{} TJ", nest.repeat(200_000));
        let page = format!(
            "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj \
             3 0 obj<</Type/Page/Contents 4 0 R>>endobj 4 0 obj<</Length {}>>stream\n{content}\nendstream endobj \
             trailer<</Root 1 0 R>>",
            content.len(),
        );
        assert_eq!(text("a.pdf", page.into_bytes()), Err(Unreadable::NoText));
    }
}

/// Reads bytes as every kind, whatever they are.
fn read_as_everything(bytes: &Bytes) {
    for kind in [Kind::Text, Kind::Html, Kind::Pdf, Kind::Docx, Kind::Xlsx, Kind::Pptx, Kind::Unknown] {
        let _ = read_now(kind, bytes, Deadline::after(PATIENCE));
    }
}

fn openers() -> impl Strategy<Value = &'static [u8]> {
    prop::sample::select(vec![
        &b""[..],
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"BM",
        b"II*\0",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"%PDF-1.7\n1 0 obj<<",
        b"PK\x03\x04",
        b"<html>",
        b"\0\0\0\x18ftypavif",
        b"\x82\xa0",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn no_bytes_make_anything_panic(opener in openers(), rest in prop::collection::vec(any::<u8>(), 0..400)) {
        let bytes: Bytes = [opener, &rest].concat().into();
        let _ = recognise(None, None, &bytes);
        read_as_everything(&bytes);
    }

    #[test]
    fn no_markup_makes_anything_panic(page in "(<(/?(td|tr|table|ul|li|pre|h1|svg|p|br|img alt=x|title))>?| |x|千|&[a-z#0-9]{0,4};?){0,60}") {
        read_as_everything(&page.into_bytes().into());
    }

    #[test]
    fn no_damage_to_a_file_makes_anything_panic(
        name in prop::sample::select(vec!["english.pdf", "chinese.pdf", "object_streams.pdf", "owner_password.pdf", "report.docx"]),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        end in any::<prop::sample::Index>(),
    ) {
        let mut bytes = file(name).to_vec();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if end.index(4) == 0 {
            bytes.truncate(end.index(bytes.len()));
        }
        let _ = text(name, bytes);
    }
}
