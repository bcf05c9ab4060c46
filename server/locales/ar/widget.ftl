# كلمات نافذة المحادثة. قصيرة ومباشرة: ماذا حدث، وما المحفوظ، وما العمل.
bubble-open = افتح المحادثة
bubble-close = أغلق المحادثة
bubble-unread = { $n ->
    [one] افتح المحادثة، رسالة جديدة واحدة
    [two] افتح المحادثة، رسالتان جديدتان
    [few] افتح المحادثة، { $n } رسائل جديدة
   *[other] افتح المحادثة، { $n } رسالة جديدة
}
close = إغلاق
title = محادثة
log = الرسائل
runs-on = يعمل على Deskbell

here-now = { $site }، متصلون الآن
online = متصلون الآن
reply-within = { $n ->
    [one] نردّ عادةً خلال دقيقة
    [two] نردّ عادةً خلال دقيقتين
    [few] نردّ عادةً خلال { $n } دقائق
   *[other] نردّ عادةً خلال { $n } دقيقة
}
offline-hours = لا أحد هنا الآن
back-at = نعود { $when }
chat-closed = هذه المحادثة مغلقة
connecting = جارٍ الاتصال…

hello = مرحبًا! كيف نساعدك؟
hello-offline = لا أحد هنا الآن. اكتب لنا، وسيصلك الرد في هذه المحادثة.
line-label = مكانك في الانتظار
line-nth = { $n }
line-soon = { $n ->
    [one] نحو دقيقة
    [two] نحو دقيقتين
    [few] نحو { $n } دقائق
   *[other] نحو { $n } دقيقة
}
line-wait = نحو { $low } إلى { $high } دقائق
line-keep = يمكنك إغلاق الصفحة. نحفظ لك مكانك.

bot-automated = آلي
bot-now = إجابات آلية
bot-choices = إجابات مقترحة
bot-person = التحدث إلى شخص
bot-getting = جارٍ إحضار شخص…

write = اكتب رسالة
write-again = اكتب من جديد
send = إرسال
editing = عدّل رسالتك
save = حفظ
cancel = إلغاء
edit = تعديل
delete = حذف
chars-left = { $n ->
    [one] بقي حرف واحد
    [two] بقي حرفان
    [few] بقيت { $n } أحرف
   *[other] بقي { $n } حرفًا
}
chars-over = { $n ->
    [one] حرف واحد زائد. نصّك ما زال هنا.
    [two] حرفان زائدان. نصّك ما زال هنا.
    [few] { $n } أحرف زائدة. نصّك ما زال هنا.
   *[other] { $n } حرفًا زائدًا. نصّك ما زال هنا.
}

sending = جارٍ الإرسال…
waiting = في انتظار الشبكة
held = في انتظار النموذج
sent = أُرسلت
delivered = وصلت
read = مقروءة
failed = لم تُرسل.
retry = أعد المحاولة
discard = تجاهل
edited = معدّلة
you = أنت
you-deleted = حذفتَ رسالة
they-deleted = رسالة محذوفة
bot = روبوت
team = الدعم
typing = { $name } يكتب
new-below = { $n ->
    [one] رسالة جديدة واحدة
    [two] رسالتان جديدتان
    [few] { $n } رسائل جديدة
   *[other] { $n } رسالة جديدة
}
to-end = الأحدث
today = اليوم
yesterday = أمس

event-agent_joined = انضم { $name } إلى المحادثة.
event-agent_left = غادر { $name } المحادثة.
event-conversation_transferred = حُوِّلت محادثتك إلى { $to }.
event-visitor_nudged = هل ما زلت هنا؟
event-visitor_warned = هل ما زلت هنا؟ إن لم تكتب، فستنتهي هذه المحادثة قريبًا.
event-conversation_timed_out = انتهت هذه المحادثة لعدم وجود رسائل منذ مدة. اكتب لمتابعتها.
event-conversation_closed = { $by ->
    [visitor] أغلقتَ المحادثة.
    [named] أغلق { $name } المحادثة.
   *[nobody] أُغلقت المحادثة.
}
event-conversation_reopened = { $by ->
    [visitor] أعدتَ فتح المحادثة.
    [named] أعاد { $name } فتح المحادثة.
   *[nobody] أُعيد فتح المحادثة.
}
event-bot_handed_off = { $by ->
    [visitor] طلبت التحدث إلى شخص.
   *[nobody] سأُحضر لك شخصًا.
}
event-conversation_given_to_bot = { $by ->
    [named] حوّل { $name } المحادثة إلى الروبوت.
   *[nobody] حُوّلت المحادثة إلى الروبوت.
}

reconnecting = انقطع الاتصال. يمكنك متابعة الكتابة، ونحن نعاود المحاولة.
offline = أنت غير متصل. يمكنك متابعة الكتابة، وسنرسلها بالترتيب عند عودتك.
slow-down = رسائل كثيرة دفعة واحدة. تُرسل التالية خلال { $n } ث.
unavailable = هذه المحادثة غير متاحة في هذه الصفحة.
blocked = هذه المحادثة لا تقبل رسائل جديدة.
not-kept = لا يسمح هذا المتصفح بحفظ أي شيء. ما أُرسل محفوظ، أما النص غير المرسل فيضيع عند إغلاق الصفحة.

menu = القائمة
back = رجوع
menu-sound = الصوت
menu-earlier = محادثات سابقة
menu-transcript = احفظ هذه المحادثة
menu-kept = ما الذي نحتفظ به
menu-forget = انسَني على هذا الجهاز
kept-text = نحتفظ برسائلك، وباسمك وعنوانك إن ذكرتهما، وبالصفحات التي كتبتَ منها، كي يردّ عليك { $site }.
kept-device = يحتفظ هذا الجهاز بمفتاح محادثتك وبآخر رسائلها. يمكنك من القائمة أن تجعله ينساهما.
forget-text = تختفي هذه المحادثة من هذا الجهاز ولا يستطيع أحد قراءتها هنا. ما أرسلته يبقى لدى { $site }.
forget-unsent = { $n ->
    [one] رسالة واحدة لم تُرسل بعد وستضيع.
    [two] رسالتان لم تُرسلا بعد وستضيعان.
    [few] { $n } رسائل لم تُرسل بعد وستضيع.
   *[other] { $n } رسالة لم تُرسل بعد وستضيع.
}
forget-do = انسَني
earlier-now = هذه المحادثة
earlier-none = لا توجد محادثات سابقة.
earlier-more = اعرض الرسائل الأقدم
earlier-offline = لا يوجد اتصال الآن. حاول مجددًا عند عودتك.

optional = (اختياري)
form-consent = قبل أن نتحدث
form-consent-note = إلى أن توافق لا نحفظ شيئًا ولا نرسل شيئًا.
form-consent-send = أوافق ونتحدث
form-refuse = لا، شكرًا
form-consent-refused = حسنًا. لم نحفظ شيئًا ولم نرسل شيئًا.
form-consent-again = اسألني مرة أخرى
form-pre_chat = قبل أن نبدأ
form-pre_chat-send = ابدأ المحادثة
form-offline = نحن مغلقون الآن
form-offline-written = وصلتنا رسالتك
form-offline-send = أرسلوا لي الرد
form-rating = كيف كانت خدمتنا؟
form-rating-of = كيف كانت خدمة { $name }؟
form-rating-send = إرسال
form-stars = { $n ->
    [one] نجمة واحدة
    [two] نجمتان
    [few] { $n } نجوم
   *[other] { $n } نجمة
}
form-skip = ليس الآن
form-thanks = شكرًا. وصلنا ذلك.
form-thanks-email = شكرًا. سنكتب إلى { $email } إن غادرت.
form-thanks-rating = شكرًا على تقييمك.
field-missing = يُرجى ملء هذا الحقل.
field-email = لا يبدو هذا عنوان بريد إلكتروني، مثل name@example.com.
field-wrong = يُرجى التحقق من هذا.
