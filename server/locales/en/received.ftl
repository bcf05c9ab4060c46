# A received mail as it came.
mail-original = The mail as it came
mail-source = Save the source
mail-files = Files
mail-files-help = Nobody has looked into these files. They are saved, never opened here.
mail-pictures-help = Pictures from elsewhere are not shown: the sender would learn that you read this.
mail-pictures = Show them
