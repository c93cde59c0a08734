//! Which characters the glyphs of simple fonts are, by their names and by Adobe's standard encoding.

use memchr::memmem;

/// The character of a glyph's name, as fonts for Latin and Greek script use them.
pub(super) fn character(name: &str) -> Option<char> {
    // What follows a dot names a variant: `one.oldstyle`.
    let name = name.split('.').next().unwrap_or(name);
    if let Ok(at) = NAMES.binary_search_by(|(known, _)| known.as_bytes().cmp(name.as_bytes())) {
        return NAMES.get(at).map(|(_, letter)| *letter);
    }
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return Some(letter);
    }
    let digits = name.strip_prefix("uni").filter(|digits| digits.len() == 4).or_else(|| name.strip_prefix('u'))?;
    let is_number = (4..=6).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| is_number).and_then(char::from_u32)
}

/// The character of a code in Adobe's standard encoding.
pub(super) fn standard(code: u8) -> Option<char> {
    match STANDARD.binary_search_by_key(&code, |(known, _)| *known) {
        Ok(at) => STANDARD.get(at).map(|(_, letter)| *letter),
        Err(_) => (0x20..0x7f).contains(&code).then_some(char::from(code)),
    }
}

/// Takes over the encoding that a Type 1 font program declares in its readable part, as `dup 15 /bullet put`.
pub(super) fn built_in(program: &[u8], table: &mut [Option<char>; 256]) {
    let readable = memmem::find(program, b"eexec").and_then(|end| program.get(..end)).unwrap_or_default();
    let Some(at) = memmem::find(readable, b"/Encoding") else { return };
    let words: Vec<&[u8]> = readable[at..].split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
    for entry in words.windows(4).filter(|entry| entry[0] == b"dup" && entry[3] == b"put") {
        let code = std::str::from_utf8(entry[1]).ok().and_then(|code| code.parse::<usize>().ok());
        let name = entry[2].strip_prefix(b"/").and_then(|name| std::str::from_utf8(name).ok());
        if let (Some(letter), Some(name)) = (code.and_then(|code| table.get_mut(code)), name) {
            *letter = character(name);
        }
    }
}

/// Where the standard encoding differs from ASCII.
#[rustfmt::skip]
const STANDARD: &[(u8, char)] = &[
    (0x27, '’'), (0x60, '‘'), (0xa1, '¡'), (0xa2, '¢'), (0xa3, '£'), (0xa4, '⁄'), (0xa5, '¥'), (0xa6, 'ƒ'),
    (0xa7, '§'), (0xa8, '¤'), (0xa9, '\''), (0xaa, '“'), (0xab, '«'), (0xac, '‹'), (0xad, '›'), (0xae, 'ﬁ'),
    (0xaf, 'ﬂ'), (0xb1, '–'), (0xb2, '†'), (0xb3, '‡'), (0xb4, '·'), (0xb6, '¶'), (0xb7, '•'), (0xb8, '‚'),
    (0xb9, '„'), (0xba, '”'), (0xbb, '»'), (0xbc, '…'), (0xbd, '‰'), (0xbf, '¿'), (0xc1, '`'), (0xc2, '´'),
    (0xc3, 'ˆ'), (0xc4, '˜'), (0xc5, '¯'), (0xc6, '˘'), (0xc7, '˙'), (0xc8, '¨'), (0xca, '˚'), (0xcb, '¸'),
    (0xcd, '˝'), (0xce, '˛'), (0xcf, 'ˇ'), (0xd0, '—'), (0xe1, 'Æ'), (0xe3, 'ª'), (0xe8, 'Ł'), (0xe9, 'Ø'),
    (0xea, 'Œ'), (0xeb, 'º'), (0xf1, 'æ'), (0xf5, 'ı'), (0xf8, 'ł'), (0xf9, 'ø'), (0xfa, 'œ'), (0xfb, 'ß'),
];

/// Glyph names, sorted.
#[rustfmt::skip]
const NAMES: &[(&str, char)] = &[
    ("AE", 'Æ'), ("Aacute", 'Á'), ("Abreve", 'Ă'), ("Acircumflex", 'Â'), ("Adieresis", 'Ä'), ("Agrave", 'À'),
    ("Alpha", 'Α'), ("Amacron", 'Ā'), ("Aogonek", 'Ą'), ("Aring", 'Å'), ("Atilde", 'Ã'), ("Beta", 'Β'),
    ("Cacute", 'Ć'), ("Ccaron", 'Č'), ("Ccedilla", 'Ç'), ("Ccircumflex", 'Ĉ'), ("Cdotaccent", 'Ċ'), ("Chi", 'Χ'),
    ("Dcaron", 'Ď'), ("Dcroat", 'Đ'), ("Delta", 'Δ'), ("Eacute", 'É'), ("Ebreve", 'Ĕ'), ("Ecaron", 'Ě'),
    ("Ecircumflex", 'Ê'), ("Edieresis", 'Ë'), ("Edotaccent", 'Ė'), ("Egrave", 'È'), ("Emacron", 'Ē'), ("Eogonek", 'Ę'),
    ("Epsilon", 'Ε'), ("Eta", 'Η'), ("Eth", 'Ð'), ("Euro", '€'), ("Gamma", 'Γ'), ("Gbreve", 'Ğ'), ("Gcedilla", 'Ģ'),
    ("Gcircumflex", 'Ĝ'), ("Gdotaccent", 'Ġ'), ("Hcircumflex", 'Ĥ'), ("Iacute", 'Í'), ("Ibreve", 'Ĭ'),
    ("Icircumflex", 'Î'), ("Idieresis", 'Ï'), ("Idotaccent", 'İ'), ("Igrave", 'Ì'), ("Imacron", 'Ī'), ("Iogonek", 'Į'),
    ("Iota", 'Ι'), ("Itilde", 'Ĩ'), ("Jcircumflex", 'Ĵ'), ("Kappa", 'Κ'), ("Kcedilla", 'Ķ'), ("Lacute", 'Ĺ'),
    ("Lambda", 'Λ'), ("Lcaron", 'Ľ'), ("Lcedilla", 'Ļ'), ("Lslash", 'Ł'), ("Mu", 'Μ'), ("Nacute", 'Ń'),
    ("Ncaron", 'Ň'), ("Ncedilla", 'Ņ'), ("Ntilde", 'Ñ'), ("Nu", 'Ν'), ("OE", 'Œ'), ("Oacute", 'Ó'), ("Obreve", 'Ŏ'),
    ("Ocircumflex", 'Ô'), ("Odieresis", 'Ö'), ("Ograve", 'Ò'), ("Ohungarumlaut", 'Ő'), ("Omacron", 'Ō'),
    ("Omega", 'Ω'), ("Omicron", 'Ο'), ("Oslash", 'Ø'), ("Otilde", 'Õ'), ("Phi", 'Φ'), ("Pi", 'Π'), ("Psi", 'Ψ'),
    ("Racute", 'Ŕ'), ("Rcaron", 'Ř'), ("Rcedilla", 'Ŗ'), ("Rho", 'Ρ'), ("Sacute", 'Ś'), ("Scaron", 'Š'),
    ("Scedilla", 'Ş'), ("Scircumflex", 'Ŝ'), ("Sigma", 'Σ'), ("Tau", 'Τ'), ("Tcaron", 'Ť'), ("Tcedilla", 'Ţ'),
    ("Theta", 'Θ'), ("Thorn", 'Þ'), ("Uacute", 'Ú'), ("Ubreve", 'Ŭ'), ("Ucircumflex", 'Û'), ("Udieresis", 'Ü'),
    ("Ugrave", 'Ù'), ("Uhungarumlaut", 'Ű'), ("Umacron", 'Ū'), ("Uogonek", 'Ų'), ("Upsilon", 'Υ'), ("Uring", 'Ů'),
    ("Utilde", 'Ũ'), ("Wcircumflex", 'Ŵ'), ("Xi", 'Ξ'), ("Yacute", 'Ý'), ("Ycircumflex", 'Ŷ'), ("Ydieresis", 'Ÿ'),
    ("Zacute", 'Ź'), ("Zcaron", 'Ž'), ("Zdotaccent", 'Ż'), ("Zeta", 'Ζ'), ("aacute", 'á'), ("abreve", 'ă'),
    ("acircumflex", 'â'), ("acute", '´'), ("adieresis", 'ä'), ("ae", 'æ'), ("agrave", 'à'), ("alpha", 'α'),
    ("amacron", 'ā'), ("ampersand", '&'), ("aogonek", 'ą'), ("approxequal", '≈'), ("aring", 'å'), ("arrowdown", '↓'),
    ("arrowleft", '←'), ("arrowright", '→'), ("arrowup", '↑'), ("asciicircum", '^'), ("asciitilde", '~'),
    ("asterisk", '*'), ("asteriskmath", '∗'), ("at", '@'), ("atilde", 'ã'), ("backslash", '\u{5c}'), ("bar", '|'),
    ("beta", 'β'), ("braceleft", '{'), ("braceright", '}'), ("bracketleft", '['), ("bracketright", ']'),
    ("breve", '˘'), ("brokenbar", '¦'), ("bullet", '•'), ("cacute", 'ć'), ("caron", 'ˇ'), ("ccaron", 'č'),
    ("ccedilla", 'ç'), ("ccircumflex", 'ĉ'), ("cdotaccent", 'ċ'), ("cedilla", '¸'), ("cent", '¢'), ("chi", 'χ'),
    ("circumflex", 'ˆ'), ("colon", ':'), ("comma", ','), ("copyright", '©'), ("currency", '¤'), ("dagger", '†'),
    ("daggerdbl", '‡'), ("dcaron", 'ď'), ("dcroat", 'đ'), ("degree", '°'), ("delta", 'δ'), ("dieresis", '¨'),
    ("divide", '÷'), ("dollar", '$'), ("dotaccent", '˙'), ("dotlessi", 'ı'), ("eacute", 'é'), ("ebreve", 'ĕ'),
    ("ecaron", 'ě'), ("ecircumflex", 'ê'), ("edieresis", 'ë'), ("edotaccent", 'ė'), ("egrave", 'è'), ("eight", '8'),
    ("element", '∈'), ("ellipsis", '…'), ("emacron", 'ē'), ("emdash", '—'), ("endash", '–'), ("eogonek", 'ę'),
    ("epsilon", 'ε'), ("epsilon1", 'ϵ'), ("equal", '='), ("eta", 'η'), ("eth", 'ð'), ("exclam", '!'),
    ("exclamdown", '¡'), ("existential", '∃'), ("ff", 'ﬀ'), ("ffi", 'ﬃ'), ("ffl", 'ﬄ'), ("fi", 'ﬁ'), ("five", '5'),
    ("fl", 'ﬂ'), ("florin", 'ƒ'), ("four", '4'), ("fraction", '⁄'), ("gamma", 'γ'), ("gbreve", 'ğ'), ("gcedilla", 'ģ'),
    ("gcircumflex", 'ĝ'), ("gdotaccent", 'ġ'), ("germandbls", 'ß'), ("gradient", '∇'), ("grave", '`'),
    ("greater", '>'), ("greaterequal", '≥'), ("guillemotleft", '«'), ("guillemotright", '»'), ("guilsinglleft", '‹'),
    ("guilsinglright", '›'), ("hcircumflex", 'ĥ'), ("hungarumlaut", '˝'), ("hyphen", '-'), ("iacute", 'í'),
    ("ibreve", 'ĭ'), ("icircumflex", 'î'), ("idieresis", 'ï'), ("igrave", 'ì'), ("imacron", 'ī'), ("infinity", '∞'),
    ("integral", '∫'), ("iogonek", 'į'), ("iota", 'ι'), ("itilde", 'ĩ'), ("jcircumflex", 'ĵ'), ("kappa", 'κ'),
    ("kcedilla", 'ķ'), ("lacute", 'ĺ'), ("lambda", 'λ'), ("lcaron", 'ľ'), ("lcedilla", 'ļ'), ("less", '<'),
    ("lessequal", '≤'), ("logicalnot", '¬'), ("lozenge", '◊'), ("lslash", 'ł'), ("macron", '¯'), ("minus", '−'),
    ("mu", 'µ'), ("multiply", '×'), ("nacute", 'ń'), ("nbspace", '\u{a0}'), ("ncaron", 'ň'), ("ncedilla", 'ņ'),
    ("nine", '9'), ("notequal", '≠'), ("ntilde", 'ñ'), ("nu", 'ν'), ("numbersign", '#'), ("oacute", 'ó'),
    ("obreve", 'ŏ'), ("ocircumflex", 'ô'), ("odieresis", 'ö'), ("oe", 'œ'), ("ogonek", '˛'), ("ograve", 'ò'),
    ("ohungarumlaut", 'ő'), ("omacron", 'ō'), ("omega", 'ω'), ("omicron", 'ο'), ("one", '1'), ("onehalf", '½'),
    ("onequarter", '¼'), ("onesuperior", '¹'), ("ordfeminine", 'ª'), ("ordmasculine", 'º'), ("oslash", 'ø'),
    ("otilde", 'õ'), ("paragraph", '¶'), ("parenleft", '('), ("parenright", ')'), ("partialdiff", '∂'),
    ("percent", '%'), ("period", '.'), ("periodcentered", '·'), ("perthousand", '‰'), ("phi", 'φ'), ("phi1", 'ϕ'),
    ("pi", 'π'), ("plus", '+'), ("plusminus", '±'), ("prime", '′'), ("product", '∏'), ("proportional", '∝'),
    ("psi", 'ψ'), ("question", '?'), ("questiondown", '¿'), ("quotedbl", '"'), ("quotedblbase", '„'),
    ("quotedblleft", '“'), ("quotedblright", '”'), ("quoteleft", '‘'), ("quoteright", '’'), ("quotesinglbase", '‚'),
    ("quotesingle", '\u{27}'), ("racute", 'ŕ'), ("radical", '√'), ("rcaron", 'ř'), ("rcedilla", 'ŗ'),
    ("registered", '®'), ("rho", 'ρ'), ("ring", '˚'), ("sacute", 'ś'), ("scaron", 'š'), ("scedilla", 'ş'),
    ("scircumflex", 'ŝ'), ("section", '§'), ("semicolon", ';'), ("seven", '7'), ("sigma", 'σ'), ("sigma1", 'ς'),
    ("similar", '∼'), ("six", '6'), ("slash", '/'), ("space", '\u{20}'), ("sterling", '£'), ("summation", '∑'),
    ("tau", 'τ'), ("tcaron", 'ť'), ("tcedilla", 'ţ'), ("theta", 'θ'), ("theta1", 'ϑ'), ("thorn", 'þ'), ("three", '3'),
    ("threequarters", '¾'), ("threesuperior", '³'), ("tilde", '˜'), ("trademark", '™'), ("two", '2'),
    ("twosuperior", '²'), ("uacute", 'ú'), ("ubreve", 'ŭ'), ("ucircumflex", 'û'), ("udieresis", 'ü'), ("ugrave", 'ù'),
    ("uhungarumlaut", 'ű'), ("umacron", 'ū'), ("underscore", '_'), ("universal", '∀'), ("uogonek", 'ų'),
    ("upsilon", 'υ'), ("uring", 'ů'), ("utilde", 'ũ'), ("wcircumflex", 'ŵ'), ("xi", 'ξ'), ("yacute", 'ý'),
    ("ycircumflex", 'ŷ'), ("ydieresis", 'ÿ'), ("yen", '¥'), ("zacute", 'ź'), ("zcaron", 'ž'), ("zdotaccent", 'ż'),
    ("zero", '0'), ("zeta", 'ζ'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(NAMES.is_sorted_by_key(|(name, _)| name.as_bytes()) && STANDARD.is_sorted_by_key(|(code, _)| *code));
    }

    #[test]
    fn a_font_program_declares_its_encoding() {
        let mut table = [None; 256];
        let program = b"/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\ndup 15 /bullet put\n\
            dup 999 /a put\ndup 58 /period put\nreadonly def\ncurrentfile eexec dup 65 /B put";
        built_in(program, &mut table);
        assert_eq!([table[15], table[58], table[65]], [Some('•'), Some('.'), None]);
    }

    #[test]
    fn names_are_known_spelled_out_or_numbers() {
        let names = ["eacute", "fi", "A", "one.oldstyle", "uni5343", "u1F600", "g123", "uniXYZW", "u12"];
        let letters = names.map(character);
        assert_eq!(letters[..6], ['é', 'ﬁ', 'A', '1', '千', '😀'].map(Some));
        assert_eq!(letters[6..], [None; 3]);
        assert_eq!(
            [standard(b'a'), standard(0x27), standard(0xae), standard(0)],
            [Some('a'), Some('’'), Some('ﬁ'), None]
        );
    }
}
