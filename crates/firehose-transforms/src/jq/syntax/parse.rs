//! Parses a filter with jaq's lexer and parser.
//!
//! jaq's parser groups operators by jaq's precedence, and drops parentheses. jq 1.6 gives `//` a
//! lower precedence than `=`, and `%` the same precedence as `*`. So this module marks parentheses
//! before it calls the parser, and `chain` groups the operators again.

use jaq_core::load::{
    lex::{Expect as ExpectedText, Lexer, StrPart, Tok, Token},
    parse::{Expect, Parser, Term},
};

use super::super::filter_error::JqFilterError;

/// The name of the call that represents parentheses. Its only argument is their content.
pub(super) const PARENTHESES: &str = "";

/// The words before a term. A parenthesis after any other word begins the arguments of a call.
const KEYWORDS: [&str; 11] =
    ["if", "then", "elif", "else", "try", "catch", "and", "or", "reduce", "foreach", "as"];

/// Parses a filter.
pub(super) fn parse(text: &str) -> Result<Term<&str>, JqFilterError> {
    let tokens = Lexer::new(text).lex().map_err(|errors| lex_error(text, &errors))?;
    if let Some(Token(word @ ("import" | "include" | "module"), Tok::Word)) = tokens.first() {
        let problem = format!("`{word}` is not available, since a filter cannot read files");
        return Err(JqFilterError::new(problem, text, word));
    }
    let tokens = mark_parentheses(tokens, false);
    Parser::new(&tokens).parse(|parser| parser.term()).map_err(|errors| {
        match errors.into_iter().next() {
            Some((expected, found)) => parse_error(text, &expected, found),
            None => JqFilterError::new("the filter is not complete", text, ""),
        }
    })
}

/// Inserts the word [`PARENTHESES`] before each parenthesis that begins a term.
fn mark_parentheses(tokens: Vec<Token<&str>>, is_object: bool) -> Vec<Token<&str>> {
    let mut marked = Vec::with_capacity(tokens.len());
    let mut term_may_begin = true;
    // The parser itself reads a parenthesis that begins a key of an object or of an object pattern.
    let mut is_key = is_object;
    for Token(text, token) in tokens {
        let after = match &token {
            Tok::Sym => !text.starts_with('.'),
            Tok::Word => KEYWORDS.contains(&text),
            _ => false,
        };
        let token = match token {
            Tok::Block(inner) => {
                if text.starts_with('(') && term_may_begin && !is_key {
                    marked.push(Token(&text[..0], Tok::Word));
                }
                Tok::Block(mark_parentheses(inner, text.starts_with('{')))
            }
            Tok::Str(parts) => Tok::Str(parts.into_iter().map(mark_interpolation).collect()),
            other => other,
        };
        term_may_begin = after;
        is_key = is_object && text == ",";
        marked.push(Token(text, token));
    }
    marked
}

fn mark_interpolation<'t>(
    part: StrPart<&'t str, Token<&'t str>>,
) -> StrPart<&'t str, Token<&'t str>> {
    match part {
        StrPart::Term(Token(text, Tok::Block(inner))) => {
            StrPart::Term(Token(text, Tok::Block(mark_parentheses(inner, false))))
        }
        other => other,
    }
}

fn lex_error(text: &str, errors: &[(ExpectedText<&str>, &str)]) -> JqFilterError {
    match errors.first() {
        Some((ExpectedText::Token, found)) => {
            let found: String = found.chars().take(1).collect();
            JqFilterError::new(format!("unexpected character `{found}`"), text, errors[0].1)
        }
        Some((expected, found)) => {
            JqFilterError::new(format!("expected {}", with_article(expected.as_str())), text, found)
        }
        None => JqFilterError::new("the filter is not complete", text, ""),
    }
}

/// Returns a noun after its indefinite article.
fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}

fn parse_error(text: &str, expected: &Expect<&str>, found: Option<&Token<&str>>) -> JqFilterError {
    let expected = match expected {
        Expect::Just("") | Expect::Nothing => "the end of the filter".to_owned(),
        Expect::Just(word) => format!("`{word}`"),
        Expect::Term => "a filter such as `.` or `1`".to_owned(),
        Expect::ElseOrEnd => "`else` or `end`".to_owned(),
        other => with_article(other.as_str()),
    };
    let Some(Token(found, _)) = found else {
        let problem = format!("expected {expected}, but the filter ends");
        return JqFilterError::new(problem, text, &text[text.len()..]);
    };
    let shown: String = found.chars().take(20).collect();
    let problem = match shown.as_str() {
        "" => format!("expected {expected}, found a parenthesis"),
        "?//" => "`?//` is not available".to_owned(),
        _ => format!("expected {expected}, found `{shown}`"),
    };
    JqFilterError::new(problem, text, found)
}
