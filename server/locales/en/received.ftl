# A received mail as it came.
received-original = The mail as it came
received-source = Save the source
received-files = Files
received-files-help = Nobody has looked into these files. They are saved, never opened here.
received-pictures-help = Pictures from elsewhere are not shown: the sender would learn that you read this.
received-pictures = Show them
