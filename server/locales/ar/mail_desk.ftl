# بريد الموقع: صفحته في الإعدادات، وكلمات رسائله حيث لا كلمات له.
mail = البريد
mail-help = ما لم يقرأه الزائر يذهب إلى عنوان بريده، وما يجيب به يعود إلى المحادثة نفسها.
mail-works = ما يعمل الآن
mail-works-help = تُضبط الخوادم والنطاقات عند تشغيل Deskbell. وهل تعمل كما ينبغي، يخبرك: deskbell doctor --mail
mail-out = تخرج الرسائل عبر { $server }.
mail-out-none = لا تخرج أي رسالة: شُغّل Deskbell من دون ‎--smtp.
mail-from = تأتي من { $address }.
mail-from-none = ليس لها مرسل: أعط هذا الموقع عنوانًا خاصًا به أدناه، أو شغّل Deskbell مع ‎--mail-domain.
mail-reply-to = تذهب الإجابات إلى { $address }؛ وما يقوم مقام … يخبر لمن هي الإجابة.
mail-ways = تأتي الإجابات عبر { $ways }.
mail-ways-none = لا تأتي الإجابات: شُغّل Deskbell من دون ‎--imap و‎--lmtp-listen و‎--inbound-secret. يجيب الزوار في المحادثة عبر الرابط في الرسالة.
mail-way-imap = صندوق بريد يُقرأ (IMAP)
mail-way-lmtp = خادم بريدك (LMTP)
mail-way-http = HTTP
mail-sender = من يكتب
mail-address = عنوان هذا الموقع
mail-address-help = منه تأتي الرسائل. والرسالة إليه تبدأ محادثة إن وصلت إلى هنا. يجب أن يسمح خادم بريدك لـ Deskbell بالإرسال باسمه.
mail-name = الاسم بجانبه
mail-signature = التوقيع
mail-signature-help = يقف تحت كلمات الموظف. 1000 حرف على الأكثر.
mail-when = متى تخرج
mail-away = ما لم يقرأه الزائر يخرج
mail-away-help = يذهب كل ما ينتظر في رسالة واحدة إلى عنوان أثبت الزائر أنه له. ومن قرأه قبل ذلك في المحادثة لا تصله رسالة.
mail-away-off = أبدًا
mail-away-seconds = { $n ->
    [zero] فورًا
    [one] بعد ثانية
    [two] بعد ثانيتين
    [few] بعد { $n } ثوانٍ
    [many] بعد { $n } ثانية
   *[other] بعد { $n } ثانية
}
mail-away-minutes = { $n ->
    [zero] فورًا
    [one] بعد دقيقة
    [two] بعد دقيقتين
    [few] بعد { $n } دقائق
    [many] بعد { $n } دقيقة
   *[other] بعد { $n } دقيقة
}
mail-away-hours = { $n ->
    [zero] فورًا
    [one] بعد ساعة
    [two] بعد ساعتين
    [few] بعد { $n } ساعات
    [many] بعد { $n } ساعة
   *[other] بعد { $n } ساعة
}
mail-offline = هل يُسأل الزوار عن عنوان حين لا يكون أحد هنا، يُضبط في صفحة الموقع:
mail-offline-link = ما يُسأل عنه الزوار
mail-texts = كلماتك الخاصة
mail-texts-help = بلغة من تصله الرسالة. وما كان فارغًا يُقال كما يظهر بالرمادي في الحقل.
mail-test = رسالة تجريبية
mail-test-help = تذهب إلى عنوانك:
mail-test-send = أرسل رسالة تجريبية
mail-test-not = يمكن إرسالها حين تخرج الرسائل ويكون لها مرسل.
mail-test-too-many = يكفي هذا من التجارب لساعة. حاول لاحقًا.
mail-test-pending = في الطريق إلى { $address }
mail-test-again = لم يأخذ الخادم الرسالة إلى { $address } بعد؛ ستُعاد المحاولة.
mail-test-sent = أخذ الخادم الرسالة إلى { $address }.
mail-test-failed = لم تخرج الرسالة إلى { $address }.
mail-test-bounced = عادت الرسالة إلى { $address }.
mail-bad-address = هذا ليس عنوان بريد. لم يتغير شيء.
mail-bad-tag = عنوان الموقع بلا علامة زائد: فما بعدها يخبر Deskbell لمن الإجابة. لم يتغير شيء.
mail-address-taken = لموقع آخر هذا العنوان. لم يتغير شيء.
mail-bad-name = الاسم 80 حرفًا على الأكثر في سطر واحد. لم يتغير شيء.
mail-bad-signature = التوقيع { $n } حرف على الأكثر. لم يتغير شيء.
mail-bad-away = اختر متى تخرج. لم يتغير شيء.
mail-bad-text = { $text }: { $most } حرفًا على الأكثر، وليس في الموضوع سطر جديد. لم يتغير شيء.
texts-mail-subject = موضوع رسالة فيها ما لم يُقرأ
texts-mail-intro = سطرها الأول
texts-mail-proof-intro = السطر الأول من الرسالة التي تسأل هل العنوان له
mail-preview = كيف تبدو
mail-preview-unread = ما لم يُقرأ
mail-preview-proof = هل هذا عنوانك؟
mail-preview-help = بالكلمات المحفوظة؛ ما تغيّره هنا يظهر بعد الحفظ.
mail-sample-agent = لينا
mail-sample-question = هل دراجتي جاهزة؟
mail-sample-answer = نعم، هي جاهزة. يمكنك القدوم اليوم حتى السادسة مساءً.

# ما جاء أو ذهب بالبريد في سجل المحادثة، وكيف يكتب الموظف رسالة.
mail-by = بالبريد
mail-by-from = بالبريد من { $address }
mail-cc = نسخة إلى
mail-files = ملفات في الرسالة
mail-original = اعرض الرسالة كما جاءت
mail-original-more = اعرض الرسالة كاملة
mail-stranger = كتب غريب بالبريد: { $address }. لا يرى الزائر هذا، ولا يُجاب عنه.
mail-automatic = إجابة آلية بالبريد من { $address }
compose-mail-to = تذهب بالبريد إلى { $address }.
compose-mail-nobody = تخرج بالبريد، لكن لا أحد يعرف عنوانًا لهذا الزائر.
compose-subject = الموضوع
compose-cc-help = لا أحد؛ عناوين بينها فواصل

# تنبيهات وملخص اليوم بالبريد للموظفين.
mail-day-subject = مكتبك أمس
mail-day-new = { $n ->
    [zero] لا محادثات جديدة.
    [one] محادثة جديدة واحدة.
    [two] محادثتان جديدتان.
    [few] { $n } محادثات جديدة.
    [many] { $n } محادثة جديدة.
   *[other] { $n } محادثة جديدة.
}
mail-day-answered = { $n ->
    [zero] لم تنل أي منها إجابة أولى.
    [one] نالت واحدة إجابتها الأولى.
    [two] نالت اثنتان إجابتهما الأولى.
    [few] نالت { $n } منها إجابتها الأولى.
    [many] نالت { $n } منها إجابتها الأولى.
   *[other] نالت { $n } منها إجابتها الأولى.
}
mail-day-waiting = { $n ->
    [zero] لا أحد ينتظر الآن.
    [one] زائر واحد ينتظر الآن.
    [two] زائران ينتظران الآن.
    [few] { $n } زوار ينتظرون الآن.
    [many] { $n } زائرًا ينتظرون الآن.
   *[other] { $n } زائر ينتظرون الآن.
}
mail-day-oldest = أولهم منذ { $since }.

forgotten = نسيت كلمة المرور؟
forgotten-title = اختر كلمة مرور جديدة
forgotten-help = اكتب عنوان البريد الذي تسجّل الدخول به. يصل إليه رابط صالح لساعة.
forgotten-send = أرسل الرابط
forgotten-asked = إن كان أحد هنا يسجّل الدخول بالعنوان { $address } فالرابط في الطريق إليه.
forgotten-asked-help = يصلح مرة واحدة ولساعة. تبقى كلمة مرورك حتى تختار غيرها، ويبقى العامل الثاني أيضًا.
account-mails = رسائل إليك
account-mails-help = تأتي حين تكون غائبًا، ولا تزيد أبدًا على 6 في الساعة.
account-mail-waiting = زائر ينتظر 5 دقائق ولا أحد من خدم الطابور متصل
account-mail-mention = ملاحظة تذكرك وأنت غائب
account-mail-assigned = تُسند إليك محادثة وأنت غائب
account-mail-digest = أرقام اليوم السابق، كل صباح عند الثامنة
account-mails-none = لا تخرج أي رسالة بعد: شُغّل Deskbell من دون ‎--smtp.
agents-mail-link = أرسل الرابط بالبريد
agents-link-mailed = الرابط في الطريق إلى { $email }
agents-link-mailed-help = يصلح 7 أيام، ولكل من يقرأ ذلك الصندوق.
audit-mails-changed = اختار { $name } ما يصله من رسائل.
audit-link-mailed = أرسل { $by } رابطًا بالبريد إلى { $name }.

# A mail that begins a conversation.
new-mail = رسالة بريد جديدة
new-mail-help = يصل الرد إلى هنا، في محادثة لك.
new-mail-leave = رجوع؛ يبقى ما كُتب
new-mail-from = من
new-mail-to = إلى
new-mail-text = نص الرسالة
new-mail-write = كتابة رسالة بريد
new-mail-copies-help = { $n ->
    [one] لا أحد؛ عنوان واحد
   *[other] لا أحد؛ حتى { $n } عناوين تفصل بينها فواصل
}
new-mail-kept = تبقى في هذا المتصفح حتى تُرسل.
new-mail-none = لا يمكن إرسال بريد بعد
new-mail-none-help = يحتاج الموقع إلى عنوان يكتب منه، ويحتاج Deskbell إلى خادم يأخذ رسائله.
new-mail-set-up = إعداد البريد
new-mail-unproved = ذكر { $visitor } هذا العنوان في دردشة ولم يؤكده. لا تكتب هنا ما يخصه وحده.
new-mail-bad-to = اكتب عنوان بريد واحدًا بعد «إلى»، مثل name@example.com.
new-mail-own = هذا عنوان من عناوينكم: رسالة إليه تعود سؤالًا.
new-mail-bad-subject = للموضوع { $n } حرف على الأكثر في سطر واحد.
new-mail-no-subject = أعط الرسالة موضوعًا.
new-mail-bad-copies = تصل النسخة إلى { $n } عناوين على الأكثر.
new-mail-bad-copy = «{ $address }» ليس عنوان بريد. ضع فواصل بين العناوين.
new-mail-bounced = لا يُرسل شيء إلى هذا العنوان: عادت رسالة سابقة. { $why }
new-mail-blocked = صاحب هذا العنوان محظور. ارفع الحظر أولًا.
new-mail-open = توجد محادثة جارية مع هذا العنوان. اكتب فيها لتبقى الردود معًا.
new-mail-open-go = فتح المحادثة
new-mail-open-other = زملاء من طابور آخر في محادثة مع هذا العنوان. ما كتبته محفوظ.
new-mail-too-many = { $n ->
    [one] كانت رسائل جديدة كثيرة في ساعة. يمكن إرسال التالية بعد دقيقة.
   *[other] كانت رسائل جديدة كثيرة في ساعة. يمكن إرسال التالية بعد { $n } دقائق.
}
new-mail-sent-before = أُرسلت من هذا النموذج رسالة أخرى. أرسل مرة ثانية إن كان يجب أن تخرج هذه أيضًا.
new-mail-bad-site = اختر الموقع الذي تأتي منه الرسالة.
compose-mail-bounced = عاد البريد المرسل إلى { $address }، ولا يُرسل شيء إليه: { $why }

# What becomes of an answer while the visitor is away.
away-chat = غادر { $visitor }. سيرى ردك عندما يعود.
away-later = غادر { $visitor }. يذهب ردك إلى { $address } { $when } ما لم يُقرأ هنا قبل ذلك.
away-unproved = غادر { $visitor }. تسأل رسالة هل العنوان { $address } له؛ وبعد التأكيد يتبعها ردك.
away-bounced = غادر { $visitor }، وعاد البريد المرسل إلى { $address }. سيرى ردك عندما يعود.
away-unwanted = غادر { $visitor } ولا يريد رسائل بريد. سيرى ردك عندما يعود.
away-nowhere = غادر { $visitor } ولم يذكر عنوانًا. سيرى ردك عندما يعود.
