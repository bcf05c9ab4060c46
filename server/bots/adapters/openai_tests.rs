use super::*;

fn streamed(pieces: &[&str]) -> Result<Vec<Action>, String> {
    let mut growing = Growing::default();
    pieces.iter().try_for_each(|piece| growing.event("", piece))?;
    Box::new(growing).finish()
}

fn spoken(text: &str) -> Action {
    Action::Say(Say { text: text.to_owned(), ..Say::default() })
}

#[test]
fn deltas_of_every_server_are_read() {
    let openai = [
        r#"{"choices":[],"prompt_filter_results":[]}"#,
        r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}]}"#,
        r#"{"choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}],"usage":null}"#,
        r#"{"choices":[{"index":0,"delta":{"content":"lo"}}]}"#,
        r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
        r#"{"choices":[],"usage":{"total_tokens":7}}"#,
        "[DONE]",
    ];
    assert_eq!(streamed(&openai), Ok(vec![spoken("Hello")]));
    let fragments = [
        r#"{"choices":[{"delta":{"content":"One moment.","tool_calls":[{"index":0,"id":"a","function":{"name":"handoff","arguments":""}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"summary\":"}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"lamp\"}"}}]},"finish_reason":"tool_calls"}]}"#,
    ];
    let handoff = Action::Handoff { queue: None, note: None, summary: Some("lamp".to_owned()) };
    assert_eq!(streamed(&fragments), Ok(vec![spoken("One moment."), handoff.clone()]));
    let without_index = [
        r#"{"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"handoff","arguments":"{\"summary\":\"lamp\"}"}}]}}]}"#,
        "[DONE]",
    ];
    assert_eq!(streamed(&without_index), Ok(vec![handoff.clone()]));
    let object = r#"{"choices":[{"message":{"content":null,"tool_calls":[{"function":{"name":"handoff","arguments":{"summary":"lamp"}}}]}}]}"#;
    let heard = read(object.as_bytes()).expect("an answer");
    assert_eq!(heard.reply, Reply::Actions(vec![handoff]));
    assert!(heard.tokens.is_some_and(|tokens| tokens > 0), "a guess where the server says nothing");
}

#[test]
fn what_is_no_answer_is_refused_with_a_reason() {
    let cases: [(&[&str], &str); 6] = [
        (&[r#"{"choices":[{"delta":{"content":"Hel"}}]}"#], "broke off"),
        (&[r#"{"choices":[{"delta":{"content":""},"finish_reason":"stop"}]}"#], "empty"),
        (&[r#"{"choices":[{"delta":{"content":"x"}}]}"#, r#"{"error":{"message":"overloaded"}}"#], "overloaded"),
        (&[r#"{"choices":[{"delta":{"tool_calls":[{"function":{"name":"rm","arguments":"{}"}}]}}]}"#, "[DONE]"], "rm"),
        (&[r#"{"choices":[{"delta":{},"finish_reason":"content_filter"}]}"#], "filter"),
        (&[r#"{"choices":null,"usage":null}"#], "choices"),
    ];
    for (pieces, why) in cases {
        let said = streamed(pieces).expect_err("a reason");
        assert!(said.contains(why), "{said}");
    }
    for bad in ["", "null", "[]", "<html>", r#"{"choices":[{"message":null,"finish_reason":null}]}"#] {
        assert!(read(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn an_address_is_completed_or_used_as_it_stands() {
    let of = |text: &str| endpoint(text.parse().expect("a URL")).to_string();
    assert_eq!(of("https://api.openai.com/v1/"), "https://api.openai.com/v1/chat/completions");
    let azure = "https://desk.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21";
    assert_eq!(of(azure), azure);
    let headers = credential(&azure.parse().expect("a URL"), "key");
    assert!(headers.contains_key("api-key") && !headers.contains_key(AUTHORIZATION));
    assert_eq!(credential(&"http://127.0.0.1:11434/v1".parse().expect("a URL"), "k")[AUTHORIZATION], "Bearer k");
}
