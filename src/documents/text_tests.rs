//! Recognising files by their bytes, decoding text, and reading web pages.

use super::fixture::{file, text, text_of};
use super::{Format, Kind, MAX_TEXT, Picture, recognise};

const TABLE: &str = "姓名,城市,备注\n张三,北京,今天天气很好，适合出门散步。\n李四,上海,明天下午三点开会，请带上报告。";

fn picture(format: Format, width: u32, height: u32) -> Kind {
    Kind::Picture(Picture { format, width: Some(width), height: Some(height) })
}

#[test]
fn pictures_are_known_by_their_bytes_whatever_they_are_called() {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\0\0\0\0\x80\x08\x02\0\0\0";
    let jpeg = b"\xff\xd8\xff\xe0\0\x04\0\0\xff\xc0\0\x11\x08\0\x20\0\x40\x03\x01\x22\0\x02\x11\x01\x03\x11\x01";
    let gif = b"GIF89a\x0a\0\x0b\0\0\0\0";
    let webp = b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x09\0\0\x13\0\0";
    let bmp = b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x07\0\0\0\x05\0\0\0\x01\0\x18\0";
    for (bytes, kind) in [
        (&png[..], picture(Format::Png, 256, 128)),
        (&jpeg[..], picture(Format::Jpeg, 64, 32)),
        (&gif[..], picture(Format::Gif, 10, 11)),
        (&webp[..], picture(Format::Webp, 10, 20)),
        (&bmp[..], picture(Format::Bmp, 7, 5)),
    ] {
        assert_eq!(recognise(Some("notes.txt"), Some("text/plain"), bytes), kind);
    }
    let heic = recognise(None, None, b"\0\0\0\x18ftypheic\0\0\0\0");
    assert_eq!(heic, Kind::Picture(Picture { format: Format::Heic, width: None, height: None }));
    // The header is whole, the rest is not.
    let cut = recognise(None, None, &png[..9]);
    assert_eq!(cut, Kind::Picture(Picture { format: Format::Png, width: None, height: None }));
}

#[test]
fn neither_name_nor_declared_type_is_believed_over_the_bytes() {
    assert_eq!(recognise(Some("a.png"), Some("image/png"), b"just words"), Kind::Text);
    assert_eq!(recognise(Some("a.pdf"), None, b"\x00\x01\x02\x03"), Kind::Unknown);
    let text_with_one_zero = ["words ".repeat(500).as_bytes(), b"\0"].concat();
    assert_eq!(recognise(Some("a.txt"), None, &text_with_one_zero), Kind::Unknown);
    assert_eq!(recognise(Some("a.docx"), None, b"PK\x03\x04 and nothing"), Kind::Unknown);
    assert_eq!(recognise(Some("a.txt"), None, &file("english.pdf")), Kind::Pdf);
    assert_eq!(recognise(None, None, b"BMW is a car, and not a bitmap at all"), Kind::Text);
    assert_eq!(recognise(Some("notes.md"), None, b"The mark of a file is %PDF-1.7"), Kind::Text);
}

#[test]
fn html_is_read_as_such_unless_its_source_was_attached() {
    let page = b"\n<!DOCTYPE html><p>x";
    assert_eq!(recognise(None, None, page), Kind::Html);
    assert_eq!(recognise(None, Some("application/octet-stream"), page), Kind::Html);
    assert_eq!(recognise(Some("page.HTM"), None, b"<p>x"), Kind::Html);
    assert_eq!(recognise(None, Some("Text/HTML; charset=utf-8"), b"<p>x"), Kind::Html);
    assert_eq!(recognise(Some("template.jsx"), None, page), Kind::Text);
    assert_eq!(recognise(None, Some("text/plain"), page), Kind::Text);
}

#[test]
fn text_of_every_common_encoding_is_decoded() {
    for name in ["gbk.csv", "utf8_bom.txt", "utf16le.txt", "utf16be.txt"] {
        assert_eq!(text_of(name).as_deref(), Ok(TABLE), "{name}");
    }
    assert_eq!(text_of("gb18030.txt"), Ok(format!("{TABLE}\n生僻字：㐂𠮷")));
    assert!(text_of("big5.txt").is_ok_and(|text| text.contains("王小明,臺北,今天天氣很好，適合出門散步。")));
    assert!(text_of("shift_jis.txt").is_ok_and(|text| text.contains("散歩に出かけます。カタカナも")));
    let western = "Le déjeuner à la crème coûte 12 € — « très cher », dit-elle naïvement.";
    assert_eq!(text_of("windows1252.txt").as_deref(), Ok(western));
}

#[test]
fn one_broken_byte_does_not_turn_utf8_into_something_else() {
    let mut bytes = "通义千问是一个语言模型，".repeat(20).into_bytes();
    bytes.push(0xff);
    bytes.extend("完。".bytes());
    assert_eq!(text("a.txt", bytes), Ok("通义千问是一个语言模型，".repeat(20) + "\u{fffd}完。"));
}

#[test]
fn data_code_and_logs_are_text() {
    for (name, bytes) in [
        ("a.json", "{\"a\": [1, 2]}"),
        ("a.toml", "[a]\nb = 1"),
        ("a.xml", "<?xml version=\"1.0\"?><a>&b;</a>"),
        ("a.rs", "fn main() {}"),
        ("a.log", "\x1b[32mINFO\x1b[0m started"),
        ("a.txt", ""),
    ] {
        assert_eq!(text(name, bytes.as_bytes()).as_deref(), Ok(bytes), "{name}");
    }
}

#[test]
fn what_is_too_long_is_cut_with_a_note() {
    let long = "千".repeat(MAX_TEXT / 3 + 5);
    let cut = text("a.txt", long.into_bytes()).unwrap_or_default();
    assert_eq!(cut.trim_start_matches('千'), "\n[… 5 more characters left out]");
}

#[test]
fn a_page_keeps_its_structure_and_loses_its_scripts() {
    let expected = "Menu & prices\n\n# Tea house\n\nOpen every day, even on Sundays.\n千桥 © 2026\n\n\
        - Green\n  - Long jing\n- Black\n\n1. Order\n2. Pay\n\nTea | Price\nGreen | 12 ¥\n\n  kept   as\n    it is\n\n[A cup]";
    assert_eq!(text_of("page.html").as_deref(), Ok(expected));
    assert_eq!(text_of("gbk.html").as_deref(), Ok("菜单\n\n绿茶"));
}

#[test]
fn broken_pages_still_give_their_words() {
    let read = |page: &'static str| text("a.html", page.as_bytes()).unwrap_or_default();
    assert_eq!(read("<td>a<td>b</table></ul><li>c</p><p"), "ab\n\n- c");
    assert_eq!(read("<table><tr><td>a<table><tr><td>b<td>c</table><tr><td>d"), "a\nb | c\n\nd");
    assert_eq!(read("<script>a<b"), "");
    assert_eq!(read("<script>s = '<script>'</script>after"), "after");
    assert_eq!(read("1 < 2 &amp;&amp; 3 &gt; 2 &#x5343;"), "1 < 2 && 3 > 2 千");
}
