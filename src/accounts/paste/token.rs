//! The tokens of a program: enough of it to find names and texts.

use std::iter::Peekable;
use std::str::Chars;

/// A token.
pub enum Token {
    /// What stands in quotes.
    Text(String),
    /// A name, a number, or an address without quotes.
    Word(String),
    /// Any other character.
    Mark(char),
}

/// How a language writes its words and texts.
pub struct Language {
    /// Whether a character belongs to a word.
    pub is_word: fn(char) -> bool,
    /// The characters that open a text.
    pub quotes: &'static str,
    /// Reads a text up to its closing quote.
    pub text: fn(&mut Peekable<Chars<'_>>, char) -> String,
    /// A character that parts tokens as a blank does.
    pub blank: Option<char>,
}

/// Parts `text` into tokens, one at a time: a long paste must not become a longer list.
pub fn tokens<'a>(text: &'a str, language: &'a Language) -> impl Iterator<Item = Token> + 'a {
    let mut chars = text.chars().peekable();
    std::iter::from_fn(move || {
        while chars.next_if(|c| c.is_whitespace() || language.blank == Some(*c)).is_some() {}
        let c = chars.next()?;
        if language.quotes.contains(c) {
            return Some(Token::Text((language.text)(&mut chars, c)));
        }
        if !(language.is_word)(c) {
            return Some(Token::Mark(c));
        }
        let mut word = String::from(c);
        while let Some(c) = chars.next_if(|c| (language.is_word)(*c)) {
            word.push(c);
        }
        Some(Token::Word(word))
    })
}

/// Takes the next token if it is the mark `c`.
pub fn next_mark(tokens: &mut Peekable<impl Iterator<Item = Token>>, c: char) -> bool {
    tokens.next_if(|token| matches!(token, Token::Mark(mark) if *mark == c)).is_some()
}

/// Reads the names and texts of an object up to its closing brace; `between` stands between the two.
pub fn pairs(tokens: &mut Peekable<impl Iterator<Item = Token>>, between: char) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut name = None;
    while let Some(token) = tokens.next_if(|token| !matches!(token, Token::Mark('}'))) {
        match (token, name.take()) {
            (Token::Text(text) | Token::Word(text), None) => name = Some(text),
            (Token::Text(value) | Token::Word(value), Some(name)) => pairs.push((name, value)),
            (Token::Mark(mark), known) if mark == between => name = known,
            (Token::Mark(_), _) => {}
        }
    }
    pairs
}
