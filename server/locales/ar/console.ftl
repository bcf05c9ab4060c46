# كلمات لوحة الوكلاء. قصيرة وواضحة: ماذا حدث، وأن شيئًا لم يُفقد، وما الذي يمكن فعله.

## Everywhere
you = أنت
visitor = زائر
colleague = أحد الزملاء
bot = البوت
email = البريد الإلكتروني
password = كلمة المرور
skip = انتقل إلى المحادثة
dismiss = إخفاء

## Sign-in
sign-in = تسجيل الدخول
sign-in-help = مسوداتك ومحادثاتك المفتوحة حيث تركتها.
sign-in-button = تسجيل الدخول
sign-in-no-account = ليس لديك حساب؟ اطلبه من صاحب مساحة العمل.
sign-in-wrong = البريد الإلكتروني أو كلمة المرور غير صحيحة. هل مفتاح Caps Lock مفعّل؟
sign-in-too-many = محاولات كثيرة. يمكنك المحاولة مجددًا بعد { $seconds } ثانية.
sign-in-expired = انتهت جلستك. سجّل الدخول لتكمل من حيث توقفت.
sign-out = تسجيل الخروج

## Set-up
setup = أنشئ مكتبك
setup-help = حساب واحد وموقع واحد. يمكنك إضافة المزيد وتغيير كل هذا لاحقًا.
setup-button = إنشاء
setup-step-desk = مكتبك
setup-step-desk-help = من يجيب، ولأي موقع.
setup-step-tag = الوسم
setup-step-tag-help = سطر واحد لموقعك.
setup-step-try = جرّبه
setup-step-try-help = تحدّث مع نفسك في المتجر التجريبي.
setup-server = هذا الخادم
setup-database = قاعدة البيانات جاهزة في { $place }
setup-url = متاح على { $url }
setup-email-help = به تسجّل الدخول.
setup-password-help = 10 أحرف على الأقل. جملة كاملة خيار جيد.
setup-site = اسم الموقع
setup-site-help = يراه الزوار في أعلى المحادثة.
setup-origin = عنوان الموقع
setup-origin-help = لا تعمل المحادثة في أي مكان آخر، إلا في صفحات هذا الخادم.
problem-email = اكتب عنوانًا كاملًا، مثل lena@shop.example.
problem-password-short = اجعلها 10 أحرف على الأقل.
problem-password-long = اجعلها 1024 حرفًا على الأكثر.
problem-site-name = أعطِ الموقع اسمًا لا يزيد على 100 حرف.
problem-origin = اكتبه هكذا: https://shop.example، دون مسار.

## Errors
error-to-console = إلى لوحة الوكلاء
error-number = لسجل المشغّل: { $id }
error-unreadable = تعذّرت قراءة الطلب
error-unreadable-help = لم يتغير شيء. عُد وحاول مجددًا.
error-not-allowed = لا يُسمح لك بذلك هنا
error-not-allowed-help = لم يتغير شيء. ربما انتهت جلستك: سجّل الدخول وحاول مجددًا.
error-not-found = لا يوجد شيء هنا
error-not-found-help = قد يكون العنوان ناقصًا، أو تابعًا لمساحة عمل أخرى.
error-stale = تغيّر الأمر في هذه الأثناء
error-stale-help = لم يحدث شيء مرتين. افتحه من جديد لترى حاله الآن.
error-gone = استُخدم هذا الرابط من قبل
error-gone-help = المكتب موجود. سجّل الدخول للمتابعة.
error-too-big = كان ذلك كبيرًا جدًا
error-too-big-help = لم يُحفظ شيء. عُد: ما كتبته ما زال هناك. اختصره.
error-too-many = طلبات كثيرة دفعة واحدة
error-too-many-help = لم يُفقد شيء. انتظر بضع ثوانٍ وحاول مجددًا.
error-restarting = يُعاد تشغيل الخادم
error-restarting-help = ما أُرسل محفوظ. حاول مجددًا بعد بضع ثوانٍ.
error-broken = حدث عطل من جانبنا
error-broken-help = ما أُرسل من قبل محفوظ. عُد وحاول هذه الخطوة مجددًا.

## The desk
rail = القائمة الرئيسية
inbox = الوارد
conversations = المحادثات
views = العروض
view-mine = لي
view-waiting = في الانتظار
view-all = الكل
view-closed = مغلقة
own-load = { $load } من { $capacity } محادثات
turn-ours = تحتاج إلى رد
turn-theirs = بانتظار الزائر
turn-queue = في الطابور
turn-bot = مع البوت
turn-snoozed = مؤجّلة
turn-closed = مغلقة
state-queued = في الانتظار
state-queued-in = في انتظار { $queue }
state-bot = البوت يجيب
state-mine = لك
state-snoozed = مؤجّلة
state-closed = مغلقة
row-last-mine = أنت:
row-last-by = { $agent }:
row-unread = { $count ->
    [one] رسالة غير مقروءة
    [two] رسالتان غير مقروءتين
    [few] { $count } رسائل غير مقروءة
   *[other] { $count } رسالة غير مقروءة
}
draft = مسودة
take = خذها
take-over = تولَّها
take-named = خذها: المحادثة مع { $visitor }
close = إغلاق
reopen = إعادة فتح
empty-waiting = أُجيب الجميع
empty-waiting-help = الطابور فارغ. تظهر المحادثات الجديدة هنا أولًا.
empty-mine = لا محادثات بين يديك
empty-mine-help = خذ واحدة من قائمة الانتظار، أو انتظر التالية.
empty-all = لا محادثات مفتوحة
empty-all-help = عندما يكتب زائر تظهر المحادثة هنا.
empty-closed = لم يُغلق شيء بعد
empty-closed-help = المحادثات التي تغلقها تُحفظ هنا.
foot-waiting = { $count ->
    [0] لا أحد ينتظر
   *[other] في الانتظار: { $count }
}
foot-longest = الأطول
link-off = ليست مباشرة. أعد تحميل الصفحة لترى الجديد.
notice-taken = أخذ { $agent } هذه المحادثة قبل لحظة.
notice-closed = أُغلقت المحادثة مع { $visitor }.
notice-stale = تغيّرت هذه المحادثة في هذه الأثناء. لم يُفعل شيء؛ هذا حالها الآن.

## A conversation
pane-label = محادثة مع { $visitor }
back = عودة إلى القائمة
messages = الرسائل
earlier = عرض الرسائل الأقدم
verified = موثّق من الموقع
unverified = غير موثّق
message-deleted = حذف { $author } رسالة
note-by = { $agent }، ملاحظة، يراها الوكلاء فقط
status-sending = جارٍ الإرسال…
status-sent = أُرسلت
status-delivered = وصلت
status-read = قُرئت
status-failed = لم تُرسل
status-again = حاول مجددًا
status-edited = معدّلة
event-started = بدأت المحادثة.
event-joined = انضم أحد الزملاء.
event-agent-joined = انضم { $agent }.
event-left = غادر أحد الزملاء.
event-agent-left = غادر { $agent }.
event-closed = أُغلقت المحادثة.
event-closed-by = أغلق { $by } المحادثة.
event-visitor-closed = أغلق الزائر المحادثة.
event-reopened = أُعيد فتح المحادثة.
event-reopened-by = أعاد { $by } فتح المحادثة.
event-visitor-reopened = كتب الزائر من جديد.
event-merged = سجّل الزائر دخوله. تستمر هذه المحادثة في محادثة أخرى له.
event-continued = سجّل الزائر دخوله من جهاز آخر. تستمر محادثته هناك في هذه المحادثة.
event-rated = قيّم الزائر هذه المحادثة بـ { $score } من 5.
event-rated-comment = قيّم الزائر هذه المحادثة بـ { $score } من 5: { $comment }
event-transferred = حُوِّلت إلى { $to }.
event-transferred-by = حوَّلها { $by } إلى { $to }.
event-unknown = { $name }
strip-queued = لم يأخذ أحد هذه المحادثة بعد. خذها لتجيب.
strip-bot = البوت يجيب. يمكنك تولّي المحادثة في أي وقت.
strip-closed = هذه المحادثة مغلقة. أعد فتحها لتكتب.
strip-colleague = هذه المحادثة مع { $agent }. يرى الزائر ما تكتبه.
composer-mode = اكتب ردًا أو ملاحظة
reply = رد
note = ملاحظة
write-to = إلى { $visitor }
write-here = اكتب هنا
note-only-agents = يراها الوكلاء فقط
composer-hint = Shift مع Enter لسطر جديد
send = إرسال
add-note = أضف الملاحظة
answered-meanwhile = أجاب { $agent } وأنت تكتب. نصك ما زال هنا.
look-first = انظر أولًا
send-anyway = أرسل على أي حال
refused-too-long = { $count ->
    [one] حرف واحد زائد. نصك ما زال هنا.
    [two] حرفان زائدان. نصك ما زال هنا.
    [few] { $count } أحرف زائدة. نصك ما زال هنا.
   *[other] { $count } حرفًا زائدًا. نصك ما زال هنا.
}
refused-too-fast = رسائل كثيرة دفعة واحدة. يمكن إرسال التالية بعد { $seconds } ثانية. نصك ما زال هنا.
refused-empty = لا يوجد ما يُرسل بعد.
refused-closed = هذه المحادثة مغلقة. أعد فتحها للإرسال؛ نصك ما زال هنا.
refused-other = لم يتم: { $detail } نصك ما زال هنا.
facts = عن الزائر
facts-external-id = معرّفه في الموقع
facts-site = الموقع
facts-queue = الطابور
facts-started = البداية
facts-owner = مع
no-pane = اختر محادثة
no-pane-help = تُفتح هنا. لا تأخذ المحادثات الجديدة مكان ما تعمل عليه.
keys-move = التالية، السابقة
keys-open = فتح
keys-take = أخذ
keys-reply = رد
keys-close = إغلاق
keys-single = اختصارات بحرف واحد

## لماذا المحادثة حيث هي
why-least-loaded = أُسندت إلى { $agent }، صاحب أكبر سعة متاحة: { $load } من { $capacity } محادثات.
why-round-robin = أُسندت إلى { $agent }، صاحب الدور في { $queue }.
why-sticky = أُسندت إلى { $agent }، الذي تولى هذا الزائر في المرة السابقة.
why-taken = تولاها { $agent }.
why-taken-from = تولاها { $agent } من { $from }.
why-transferred = حوَّلها زميل إلى { $agent }.
why-transferred-queue = حوَّلها زميل إلى { $queue }.
why-no-answer = لم يرد { $from } في الوقت المحدد. هي الآن في مقدمة الدور.
why-away = كان { $from } غير موجود. هي الآن في مقدمة الدور.
why-offline = أصبح { $from } غير متصل. هي الآن في مقدمة الدور.
why-owner-gone = عادت ولم يكن { $from } موجودًا. هي الآن في الدور.
why-overflow = طال انتظارها في مكان آخر فانتقلت إلى { $queue }.
why-moved = اختار الزائر { $queue }.
why-reopened = كانت مغلقة وتستمر في { $queue }.
why-given-to-bot = أعطاها أحد الوكلاء للبوت.
why-handed-off = سلّمها البوت إلى { $queue }.
why-closed = أُغلقت.

## Said by the script
js-connecting = جارٍ الاتصال…
js-live = متصل
js-live-slow = متصل، بطريقة أبطأ
js-lost = انقطع الاتصال. محاولة جديدة بعد { $seconds } ث. يمكنك متابعة الكتابة.
js-offline = أنت غير متصل. تابع الكتابة؛ نرسلها بالترتيب عندما تعود.
js-signed-out = انتهت جلستك. ننقلك إلى تسجيل الدخول؛ نصك محفوظ.
js-refused = يرفض الخادم التحديث المباشر. أعد تحميل الصفحة لترى الجديد.
js-typing = { $agent } يكتب
js-colleague-typing = أحد الزملاء يكتب
js-taken = أخذ { $agent } هذه المحادثة قبل لحظة.
js-answered = أجاب { $agent } وأنت تكتب. نصك ما زال هنا.
js-changed = تغيّرت هذه المحادثة في هذه الأثناء. لم يُفعل شيء؛ هذا حالها الآن.
js-too-long = زيادة { $count }
js-too-fast = رسائل كثيرة دفعة واحدة. تُرسل التالية بعد { $seconds } ث.
js-unsent = لم تُرسل بعد: { $count }
js-not-done = لم يتم: { $text }
js-said = { $agent }: { $text }
js-noted = { $agent }، ملاحظة: { $text }
js-now = الآن
js-minutes = { $count } د
js-hours = { $count } س
js-waiting-none = لا أحد ينتظر
js-longest = الأطول
js-waiting = في الانتظار: { $count }
js-new-below = رسائل جديدة
js-today = اليوم
js-yesterday = أمس

# Panes, shortcuts, the palette.
shut-pane = أغلق هذا العمود
keys-beside = افتح بجانبها
keys-all = كل الاختصارات
keys-next-mine = المحادثة التالية التي تنتظرني
keys-find = بحث
keys-list = عودة إلى القائمة
keys-pane = إلى العمود 1 إلى 4
keys-shut = أغلق العمود
keys-panel = اللوحة الجانبية
keys-pass = تحويل
keys-snooze = تأجيل
keys-reopen = أعد الفتح
keys-undo = تراجع
keys-note = ملاحظة
keys-send = إرسال
keys-line = سطر جديد
keys-send-close = إرسال وإغلاق
keys-canned = رد جاهز
keys-mention = اذكر زميلاً في ملاحظة
keys-edit = عدّل رسالتي الأخيرة
keys-palette = كل شيء بالاسم
help-list = القائمة
help-panes = الأعمدة
help-chat = المحادثة
help-write = الكتابة
help-all = في كل مكان
palette = ابحث عن محادثة أو أمر
palette-here = اكتب اسماً أو كلمة أو أمراً
palette-acts = الأوامر
palette-chats = المحادثات
palette-view = عرض:
undo = تراجع
js-palette-none = لا شيء يطابق «{ $text }».
js-resize = عرض العمود { $number }
js-closed = أُغلقت المحادثة مع { $visitor }.
js-not-closed = كتب الزائر مجدداً، فبقيت المحادثة مفتوحة.
js-chat-gone = لم تعد هذه المحادثة هنا، أو انتقلت إلى طابور ليس لك.
js-chat-offline = لا يوجد اتصال، فلم يُفتح. حاول بعد لحظة.
palette-own = الحالة:
js-palette-nothing = لا يوجد ما يمكن التراجع عنه.
js-palette-nobody = لا محادثة تحتاج إليك في هذه القائمة.
js-palette-no-chat = افتح محادثة أولًا.
js-palette-not-here = غير متاح في هذه المحادثة الآن.

backup-never = لا توجد نسخة احتياطية بعد.
backup-late = آخر نسخة احتياطية بتاريخ
backup-how = ينشئها مشغّل الخادم بالأمر
