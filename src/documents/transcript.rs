//! The text that a reader writes, kept to a limit while it grows, so that no file decides how much memory it takes.

/// Text under way.
#[derive(Debug)]
pub(super) struct Transcript {
    text: String,
    limit: usize,
    left_out: u64,
    /// Line ends that the text, and what was left out of it, ends with. At the start as if after a blank line.
    line_ends: usize,
}

impl Transcript {
    pub(super) fn new(limit: usize) -> Self {
        Self { text: String::new(), limit, left_out: 0, line_ends: 2 }
    }

    pub(super) fn push_str(&mut self, more: &str) {
        let bare = more.trim_end_matches('\n');
        let line_ends = more.len() - bare.len();
        self.line_ends = if bare.is_empty() { self.line_ends + line_ends } else { line_ends };
        if self.left_out > 0 {
            self.left_out += more.chars().count() as u64;
            return;
        }
        let room = self.limit - self.text.len();
        let (kept, rest) = more.split_at(more.floor_char_boundary(room));
        self.text.push_str(kept);
        self.left_out += rest.chars().count() as u64;
    }

    /// Begins a new line, unless at the start of one.
    pub(super) fn end_line(&mut self) {
        if self.line_ends == 0 {
            self.push_str("\n");
        }
    }

    /// Leaves one line blank, unless it already is.
    pub(super) fn end_paragraph(&mut self) {
        self.end_line();
        if self.line_ends == 1 {
            self.push_str("\n");
        }
    }

    pub(super) fn at_line_start(&self) -> bool {
        self.line_ends > 0
    }

    pub(super) fn is_blank(&self) -> bool {
        self.left_out == 0 && self.text.trim().is_empty()
    }

    pub(super) fn finish(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        if self.left_out > 0 {
            self.text.push_str(&format!("\n[… {} more characters left out]", self.left_out));
        }
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_characters_and_counts_the_rest() {
        let mut out = Transcript::new(7);
        out.push_str("千桥很");
        out.push_str("长\n");
        assert_eq!(out.finish(), "千桥\n[… 3 more characters left out]");
    }

    #[test]
    fn leaves_one_blank_line_and_none_at_the_start() {
        let mut out = Transcript::new(100);
        out.end_paragraph();
        out.push_str("a");
        out.end_paragraph();
        out.end_paragraph();
        out.push_str("b");
        out.end_line();
        out.end_line();
        out.push_str("c\n\n");
        out.end_paragraph();
        assert_eq!(out.finish(), "a\n\nb\nc");
    }
}
