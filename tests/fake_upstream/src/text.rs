//! What the fake says, and in which pieces.

/// The answer of the scenario `ok`.
pub const OK_TEXT: &str = "你好！我是假的上游，只在测试里回答。Hello! I am the fake upstream, \
and I answer in tests only. \"Quotes\", a \\ backslash,\n\na new paragraph and some emoji: 🚀👩‍💻✨。";

/// The answer to a caller whom the site takes for a guest.
pub const GUEST_TEXT: &str = "你好！我是给访客回答的假上游。Hello, guest.";

/// What the scenario `ok` reports: prompt, completion.
pub const OK_USAGE: (u64, u64) = (42, 24);

/// How many pieces the answer of `ok` comes in.
pub const OK_PIECES: usize = 12;

/// Where each of about `count` pieces of the text ends, in bytes; none cuts a character.
pub fn ends(text: &str, count: usize) -> Vec<usize> {
    let characters = text.chars().count();
    let size = characters.div_ceil(count).max(1);
    let starts = text.char_indices().map(|(at, _)| at);
    let mut ends: Vec<_> = starts.skip(size).step_by(size).collect();
    ends.push(text.len());
    ends
}

/// The pieces themselves.
pub fn pieces(text: &str, count: usize) -> Vec<&str> {
    let mut start = 0;
    let piece = |end| &text[std::mem::replace(&mut start, end)..end];
    ends(text, count).into_iter().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_join_to_the_text() {
        let pieces = pieces(OK_TEXT, OK_PIECES);
        assert_eq!(pieces.concat(), OK_TEXT);
        assert!((10..=12).contains(&pieces.len()), "{}", pieces.len());
    }

    #[test]
    fn an_empty_text_is_one_empty_piece() {
        assert_eq!(pieces("", 4), [""]);
    }
}
