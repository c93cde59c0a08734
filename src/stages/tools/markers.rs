//! The words that mark calls and results, in every spelling that models were seen to write.

/// What opens a call, folded: upper case, without separators.
const CALL: [&str; 6] = ["TOOLCALL", "TOOLCALLS", "FUNCTIONCALL", "FUNCTIONCALLS", "TOOLREQUEST", "工具调用"];

/// What opens a tool's result.
const RESULT: [&str; 5] = ["TOOLRESULT", "TOOLRESULTS", "TOOLRESPONSE", "TOOLOUTPUT", "工具结果"];

/// How much of a word was read so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// No marker begins like this.
    None,
    /// The beginning of a marker.
    Partial,
    /// `<function`, which Qwen3-Coder writes around a call's name.
    Function,
    /// What opens a call.
    Call,
    /// What opens a result.
    Result,
}

/// Full-width forms and typographic brackets become ASCII, letters upper case.
pub fn fold(c: char) -> char {
    match c {
        '【' | '〔' | '〖' => '[',
        '】' | '〕' | '〗' => ']',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).map_or(c, |c: char| c.to_ascii_uppercase()),
        '\u{3000}' => ' ',
        '\u{2581}' => '_',
        _ => c.to_ascii_uppercase(),
    }
}

/// Whether a folded character may stand between a marker's words.
pub fn separates(folded: char) -> bool {
    matches!(folded, ' ' | '\t' | '_' | '-' | '|')
}

/// Whether a character takes no room, so that a forged marker could hide behind it.
pub fn invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
}

/// What a folded word without separators is.
pub fn word(folded: &str) -> Word {
    if CALL.contains(&folded) {
        Word::Call
    } else if RESULT.contains(&folded) {
        Word::Result
    } else if folded == "FUNCTION" {
        Word::Function
    } else if CALL.iter().chain(&RESULT).any(|known| known.starts_with(folded)) {
        Word::Partial
    } else {
        Word::None
    }
}

/// The same for what stands behind an opening bracket and may close as well as open: `END TOOL CALL`, `/tool_call`.
pub fn any_word(folded: &str) -> Word {
    let rest = folded.strip_prefix('/').or_else(|| folded.strip_prefix("END")).unwrap_or(folded);
    if "END".starts_with(folded) || rest.is_empty() { Word::Partial } else { word(rest) }
}

/// Watches text for one marker, character by character.
#[derive(Debug, Default)]
pub struct Watch {
    word: String,
    active: bool,
}

impl Watch {
    /// An opening bracket came.
    pub fn begin(&mut self) {
        self.word.clear();
        self.active = true;
    }

    /// Takes the next folded character; says which marker is now complete, and whether it is one that closes.
    pub fn step(&mut self, folded: char) -> Option<(Word, bool)> {
        if !self.active || (separates(folded) && self.word.len() < 24) {
            return None;
        }
        self.word.push(folded);
        match any_word(&self.word) {
            Word::None => self.active = false,
            found @ (Word::Call | Word::Result) => {
                self.active = false;
                return Some((found, self.word.starts_with('/') || self.word.starts_with("END")));
            }
            Word::Partial | Word::Function => {}
        }
        None
    }
}
