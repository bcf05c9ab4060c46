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
offline-hours = نحن مغلقون الآن
back-at = نعود { $when }
chat-closed = هذه المحادثة مغلقة
connecting = جارٍ الاتصال…

hello = مرحبًا! كيف نساعدك؟
hello-offline = لا أحد هنا الآن. اكتب لنا، وسيصلك الرد في هذه المحادثة.
line-place = مكانك في الانتظار: { $place }
line-wait = نحو { $low } إلى { $high } دقائق
line-keep = يمكنك إغلاق الصفحة. نحفظ لك مكانك.

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
new-below = رسائل جديدة
today = اليوم
yesterday = أمس

event-agent_joined = انضم { $name } إلى المحادثة.
event-agent_left = غادر { $name } المحادثة.
event-conversation_transferred = حُوِّلت محادثتك إلى { $to }.
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

reconnecting = انقطع الاتصال. يمكنك متابعة الكتابة، ونحن نعاود المحاولة.
offline = أنت غير متصل. يمكنك متابعة الكتابة، وسنرسلها بالترتيب عند عودتك.
slow-down = رسائل كثيرة دفعة واحدة. تُرسل التالية خلال { $n } ث.
unavailable = هذه المحادثة غير متاحة في هذه الصفحة.
blocked = هذه المحادثة لا تقبل رسائل جديدة.
not-kept = لا يسمح هذا المتصفح بحفظ أي شيء. ما أُرسل محفوظ، أما النص غير المرسل فيضيع عند إغلاق الصفحة.
