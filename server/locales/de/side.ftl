# The side panel, and what is done with a conversation.
