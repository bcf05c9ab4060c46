//! Reads `text/event-stream` as the HTML standard has it (9.2.6), piece by piece.

/// The longest event, in bytes: also of one that never ends.
const MOST_BYTES: usize = 256 * 1_024;

/// One event.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// Empty where it has none.
    pub(super) name: String,
    /// Its lines, joined.
    pub(super) data: String,
}

/// What came so far and is not a whole event yet.
#[derive(Debug, Default)]
pub(super) struct EventStream {
    line: Vec<u8>,
    /// The last byte was CR: an LF that follows belongs to it.
    after_cr: bool,
    name: String,
    data: Vec<String>,
    bytes: usize,
}

impl EventStream {
    /// The events that these bytes complete.
    ///
    /// # Errors
    /// An event is larger than may be.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Event>, String> {
        let mut events = Vec::new();
        for byte in bytes {
            let after_cr = std::mem::replace(&mut self.after_cr, *byte == b'\r');
            match byte {
                b'\n' if after_cr => {}
                b'\n' | b'\r' => events.extend(self.end_line()),
                byte => self.line.push(*byte),
            }
            self.bytes += 1;
            if self.bytes > MOST_BYTES {
                return Err("an event of the stream is larger than 256 KiB".to_owned());
            }
        }
        Ok(events)
    }

    fn end_line(&mut self) -> Option<Event> {
        let line = String::from_utf8_lossy(&std::mem::take(&mut self.line)).into_owned();
        if line.is_empty() {
            self.bytes = 0;
            let (name, data) = (std::mem::take(&mut self.name), std::mem::take(&mut self.data));
            return (!data.is_empty()).then(|| Event { name, data: data.join("\n") });
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => self.data.push(value.to_owned()),
            // Comments, ids, and whatever comes later.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_whole_however_they_are_cut() {
        let text = ": hi\nevent: delta\ndata: {\"text\":\ndata:\"a\"}\r\n\r\ndata: é\r\rdata\n\nevent: lonely\n\n";
        let expected = [("delta", "{\"text\":\n\"a\"}"), ("", "é"), ("", "")];
        for size in 1..=text.len() {
            let mut stream = EventStream::default();
            let events: Vec<Event> =
                text.as_bytes().chunks(size).flat_map(|piece| stream.feed(piece).unwrap()).collect();
            let got: Vec<(&str, &str)> =
                events.iter().map(|event| (event.name.as_str(), event.data.as_str())).collect();
            assert_eq!(got, expected, "in pieces of {size}");
        }
    }

    #[test]
    fn an_event_without_an_end_is_refused() {
        let mut stream = EventStream::default();
        assert!((0..300).any(|_| stream.feed(&[b'x'; 1_024]).is_err()));
    }
}
