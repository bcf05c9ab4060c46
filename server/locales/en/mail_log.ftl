# What came or went by mail, in a chat's log, and how an agent writes one.
mail-by = by mail
mail-by-from = by mail from { $address }
mail-cc = Copy to
mail-files = Files in the mail
mail-original = Show the mail as it came
mail-original-more = Show the whole mail
mail-stranger = A stranger wrote by mail: { $address }. The visitor does not see this, and nothing is answered to it.
mail-automatic = An automatic answer by mail from { $address }
