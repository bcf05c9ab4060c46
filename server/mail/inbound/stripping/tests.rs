use super::*;

fn stripped(text: &str) -> Words {
    strip(&lines(text), false)
}

#[track_caller]
fn becomes(text: &str, expected: &str) {
    assert_eq!(stripped(text).text, expected, "{text}");
}

#[test]
fn what_was_written_before_is_cut() {
    for mail in [
        "It works now.\n\nOn Thu, 12 Mar 2026 at 10:11, Shop <reply@shop.example> wrote:\n\n> Try again.\n",
        "It works now.\n\nOn Thu, 12 Mar 2026 at 10:11, The Shop With a Long Name\n<reply+abc@shop.example> wrote:\n> Try again.\n",
        "It works now.\n\nAm Do., 12. März 2026 um 10:11 Uhr schrieb Shop <reply@shop.example>:\n> Bitte.\n",
        "It works now.\n\n-----Original Message-----\nFrom: Shop\nTry again.",
        "It works now.\n\n________________________________\nFrom: Shop <a@shop.example>\nSent: Thursday\nTo: b\nSubject: Re: x\n\nTry again.",
        "It works now.\n\n*Von:* Shop\n*Gesendet:* Donnerstag\n*An:* b\n*Betreff:* x\n\nBitte.",
        "It works now.\n\nOn Thursday, March 12, 2026 at 10:11:12 AM GMT+1, Shop <a@shop.example> wrote:\n\n Try again.",
        "It works now.\n-- \nA customer\nStreet 1",
        "It works now.\n\nSent from my iPhone\n\n> On 12 Mar 2026, at 10:11, Shop <a@shop.example> wrote:\n> \n> Try again.",
        "It works now.\n\n##- please answer above this line -##\nShop: Try again.",
        "> On 12 Mar 2026 Shop wrote:\n> Try again.\n\nIt works now.\n",
        "On 12 Mar 2026 at 10:11 Shop wrote:\n> Try again.\n>\n> Bye\n\nIt works now.\n\n-- \nA customer",
    ] {
        let words = stripped(mail);
        assert_eq!(words.text, "It works now.", "{mail}");
        assert!(words.cut, "{mail}");
    }
}

#[test]
fn what_somebody_wrote_is_not_lost() {
    becomes(
        "On Monday my colleague wrote:\nWe will come at 10.\nIs that still so?",
        "On Monday my colleague wrote:\nWe will come at 10.\nIs that still so?",
    );
    becomes("From: me\nTo: you\n\nA poem.", "From: me\nTo: you\n\nA poem.");
    becomes("Price -- as I said -- is 10.", "Price -- as I said -- is 10.");
    becomes("> Try again.\n> Then write.", "> Try again.\n> Then write.");
    let between = "On 12 Mar 2026 at 10:11 Shop wrote:\n> Which size?\n\nLarge.\n\n> Which colour?\n\nBlue.\n\n> Bye\n";
    becomes(between, "> Which size?\n\nLarge.\n\n> Which colour?\n\nBlue.");
    assert!(stripped(between).cut);
    becomes(
        "Hello,\n\nYou wrote on 3 March 2026, 10:14:22:\n\nLB> Which size?\n\nLarge.\n\nA>B is no quote.",
        "Hello,\n\n> Which size?\n\nLarge.\n\nA>B is no quote.",
    );
    assert_eq!(stripped("-- \nOnly this"), Words { text: "--\nOnly this".to_owned(), cut: false });
    let sent_on = "See below.\n\n---------- Forwarded message ---------\nFrom: other@mail.example\nDate: x\nSubject: y\n\nTheir words.";
    assert!(stripped(sent_on).text.ends_with("Their words."));
    assert!(is_forwarded("FW: Invoice", &[]) && is_forwarded("WG: Rechnung", &[]) && !is_forwarded("Re: fwd", &[]));
    let finnish = [Line::new(0, "Lähettäjä: Shop")];
    assert!(is_forwarded("VS: Faktura", &[]) && !is_forwarded("VS: Lasku", &finnish));
}
