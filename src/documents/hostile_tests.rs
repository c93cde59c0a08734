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

/// Bytes as a ZIP archive packs them.
fn deflated(data: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(data.len() / 2 + (1 << 16));
    assert!(Compress::new(Compression::best(), false).compress_vec(data, &mut packed, FlushCompress::Finish).is_ok());
    packed
}

/// An archive of one packed part.
fn archive(name: &str, packed: &[u8], size: u32) -> Vec<u8> {
    archive_of(&[(name, packed, size)])
}

/// An archive of packed parts, each with the size that it claims.
fn archive_of(parts: &[(&str, &[u8], u32)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, packed, size) in parts {
        let fields = |head: &[u8]| {
            let lengths = [packed.len() as u32, *size].map(u32::to_le_bytes).concat();
            let name_length = (name.len() as u16).to_le_bytes();
            [head, &[20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0], &lengths, &name_length, &[0, 0]].concat()
        };
        let at = (bytes.len() as u32).to_le_bytes();
        directory.extend([&fields(b"PK\x01\x02\x14\0")[..], &[0; 10], &at, name.as_bytes()].concat());
        bytes.extend([&fields(b"PK\x03\x04")[..], name.as_bytes(), packed].concat());
    }
    let directory_at = (bytes.len() as u32).to_le_bytes();
    let count = (parts.len() as u16).to_le_bytes();
    bytes.extend_from_slice(&directory);
    bytes.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count].concat());
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

/// A part that refers to `target` by the name `a`.
fn reference(target: &str) -> String {
    format!("<Relationships><Relationship Id=\"a\" Target=\"{target}\" TargetMode=\"External\"/></Relationships>")
}

#[test]
fn a_long_address_that_many_links_share_is_not_written_for_each() {
    let links = deflated(reference(&format!("http://{}", "a".repeat(900_000))).as_bytes());
    let document = "<w:p>".to_owned() + &"<w:hyperlink r:id=\"a\"><w:t>x</w:t></w:hyperlink>".repeat(100);
    let document = deflated(document.as_bytes());
    let bomb = archive_of(&[("word/document.xml", &document, 0), ("word/_rels/document.xml.rels", &links, 0)]);
    let read = text("a.docx", bomb).unwrap_or_default();
    assert!(read.ends_with("xx") && read.len() < 1_000_000, "{}", read.len());
}

#[test]
fn a_sheet_that_is_listed_a_thousand_times_is_read_once() {
    let book = deflated(format!("<workbook>{}</workbook>", "<sheet name=\"s\" r:id=\"a\"/>".repeat(1000)).as_bytes());
    let links = deflated(reference("b").replace(" TargetMode=\"External\"", "").as_bytes());
    let sheet = deflated(b"<row><c><v>1</v></c></row>");
    let parts = [("xl/workbook.xml", &book[..], 0), ("xl/_rels/workbook.xml.rels", &links, 0), ("xl/b", &sheet, 0)];
    assert_eq!(text("a.xlsx", archive_of(&parts)).as_deref(), Ok("--- Sheet s ---\n1"));
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

/// A PDF of these objects, the first its catalogue; what is not empty is packed data.
fn pdf_of(objects: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    for (number, (dictionary, data)) in (1..).zip(objects) {
        bytes.extend(format!("{number} 0 obj\n{dictionary}\n").bytes());
        if !data.is_empty() {
            bytes.extend([b"stream\n\x78\xda", *data, b"\nendstream\n"].concat());
        }
        bytes.extend(b"endobj\n");
    }
    bytes.extend(b"trailer<</Root 1 0 R>>\n%%EOF");
    bytes
}

const CATALOGUE: (&str, &[u8]) = ("<</Type/Catalog/Pages 2 0 R>>", b"");
const PAGES: (&str, &[u8]) = ("<</Type/Pages/Kids[3 0 R]/Count 1>>", b"");
const PACKED: &str = "<</Filter/FlateDecode>>";

#[test]
fn a_page_that_names_one_part_many_times_is_refused() {
    let page = ("<</Type/Page/Contents[4 0 R 4 0 R 4 0 R]>>", &b""[..]);
    let bomb = pdf_of(&[CATALOGUE, PAGES, page, (PACKED, &packed(b' ', 30))]);
    assert_eq!(text("a.pdf", bomb), Err(Unreadable::TooLarge));
}

/// A PDF whose page shows letters of fonts; what the fonts refer to follows them.
fn pdf_with_fonts(count: usize, font: impl Fn(usize) -> String, others: &[(&str, &[u8])]) -> Vec<u8> {
    let named: String = (0..count).map(|at| format!("/F{at} {} 0 R", at + 5)).collect();
    let page = format!("<</Type/Page/Contents 4 0 R/Resources<</Font<<{named}>>>>>>");
    let content: String = (0..count).map(|at| format!("BT /F{at} 9 Tf (aa) Tj ET ")).collect();
    let fonts: Vec<String> = (0..count).map(|_| font(count + 5)).collect();
    let content = deflated(content.as_bytes());
    let mut objects = vec![CATALOGUE, PAGES, (page.as_str(), b""), (PACKED, &content)];
    objects.extend(fonts.iter().map(|font| (font.as_str(), &b""[..])));
    objects.extend(others);
    pdf_of(&objects)
}

#[test]
fn fonts_whose_tables_come_to_too_much_are_refused() {
    let composite = "<</Type/Font/Subtype/Type0/Encoding/Identity-H";
    let table = |at| format!("{composite}/ToUnicode {at} 0 R>>");
    assert_eq!(
        text("a.pdf", pdf_with_fonts(11, table, &[(PACKED, &packed(b' ', 3))])),
        Err(Unreadable::TooLarge),
        "one table that all fonts share is kept for each"
    );
    let widths = format!("<</W[{}]>>", "0 7 0 R ".repeat(5));
    let list = format!("[{}]", "1 ".repeat(60_000));
    let descendant = |at| format!("{composite}/DescendantFonts[{at} 0 R]>>");
    let bomb = pdf_with_fonts(1, descendant, &[(&widths, b""), (&list, b"")]);
    assert_eq!(text("a.pdf", bomb), Err(Unreadable::TooLarge), "one list of widths that counts many times");
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
