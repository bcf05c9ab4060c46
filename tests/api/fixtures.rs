//! The frames that both ends' tests read are what the serde types say.

use deskbell::live::protocol::{AgentFrame, ServerFrame, VisitorFrame};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::fixtures::{agent_type, fixtures, server_type, types_of, visitor_type};

fn comes_back<T: Serialize + DeserializeOwned>(end: &str, types: &str, name: impl Fn(&T) -> &'static str) {
    let fixtures = fixtures(end);
    for (kind, fixture) in &fixtures {
        let frame: T = serde_json::from_value(fixture.clone()).unwrap_or_else(|error| panic!("{end}/{kind}: {error}"));
        assert_eq!(name(&frame), kind, "{end}/{kind}");
        assert_eq!(&serde_json::to_value(&frame).expect("JSON"), fixture, "{end}/{kind} as it is written");
    }
    let there: Vec<&String> = fixtures.keys().collect();
    assert_eq!(there, types_of(types).iter().collect::<Vec<_>>(), "one fixture for each type of {types}");
}

#[test]
fn every_frame_has_a_fixture_that_comes_back_unharmed() {
    comes_back::<VisitorFrame>("client-visitor", "VisitorFrame", visitor_type);
    comes_back::<AgentFrame>("client-agent", "AgentFrame", agent_type);
    comes_back::<ServerFrame>("server", "ServerFrame", server_type);
}

#[test]
fn what_is_unknown_is_ignored() {
    for (_, mut fixture) in fixtures("client-visitor") {
        fixture["future"] = Value::from(vec![1, 2]);
        assert!(serde_json::from_value::<VisitorFrame>(fixture).is_ok());
    }
    let future = serde_json::json!({"type": "future", "id": 1, "values": {}});
    assert!(matches!(serde_json::from_value(future.clone()), Ok(VisitorFrame::Unknown)));
    assert!(matches!(serde_json::from_value(future), Ok(AgentFrame::Unknown)));
}
