
# Forms that the server asks visitors to fill in. Short, second person; no blame.
ask-consent = We keep what you write, so that we can answer and you find it here again. May we?
ask-agree = I agree
ask-pre-chat = Before we begin
ask-name = Your name
ask-email = Email address
ask-phone = Phone number
ask-topic = What is it about?
ask-offline = Nobody is here right now. Where may we send the answer?
ask-rating = How was this chat?
ask-score = Your rating
ask-comment = Anything to add?
