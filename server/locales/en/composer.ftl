# The composer: drafts, canned replies, mentions, taking back.
