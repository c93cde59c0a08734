//! stub
use crate::chat::{Tool, ToolCall, ToolChoice};
pub fn contract(_: &[Tool], _: &ToolChoice, _: bool) -> String {
    String::new()
}
pub fn reminder(_: &ToolChoice, _: bool) -> String {
    String::new()
}
pub fn call_text(_: &[ToolCall], _: usize) -> String {
    String::new()
}
pub fn result_text(_: &str, _: usize, t: &str) -> String {
    t.to_owned()
}
pub fn correction(_: &ToolChoice) -> String {
    String::new()
}
