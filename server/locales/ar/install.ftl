# تشغيل الموقع: الوسم، وأين شوهد، والمحادثة التجريبية، والقائمة.
install-change = تغيير المظهر والأسئلة
install-more = ووردبريس وشوبيفاي وغيرهما
install-seen = هل هو موجود؟
install-waiting = في انتظار موقعك…
install-waiting-help = افتح صفحة فيها الوسم، وسيُلاحظ ذلك هنا تلقائيًا. يُبحث عنه في:
install-found = وُجد في
install-strangers = الوسم موجود أيضًا في عناوين غير مسموح بها، ولا تُفتح المحادثة هناك. إن كانت لك فاسمح بها.
install-allow = سماح
install-try = جرّبه
install-try-help = زائر غير حقيقي يسأل شيئًا. تُوسم المحادثة بأنها تجربة ولا تُحسب في أي رقم.
install-test = أرسل إليّ محادثة تجريبية
install-demo = المحادثة في المتجر التجريبي
install-preview = كما يراه الزوار
install-preview-help = هذه هي الأداة الحقيقية. ما تقوله فيها يُوسم بأنه تجربة.
install-steps = مكتب يعمل
install-done = تم
install-open = لم يتم بعد
install-step-tag = الوسم موجود في موقعك
install-step-chat = أُجيب عن محادثة
install-step-team = ادعُ زميلًا
install-step-hours = حدّد ساعات العمل
recipe-html = ألصقه في كل صفحة قبل نهاية الـ body مباشرة.
recipe-wordpress = أضفه إلى functions.php في القالب الفرعي أو إلى إضافة لمقتطفات الشيفرة. يظهر في أسفل كل صفحة.
recipe-shopify = المتجر الإلكتروني، القوالب، تحرير الشيفرة: افتح layout/theme.liquid وألصقه قبل نهاية الـ body مباشرة.
recipe-tag-manager = وسم جديد، HTML مخصص؛ المشغّل: كل الصفحات. المفتاح في العنوان لأن مديري الوسوم يحذفون السمات.
recipe-wix = الإعدادات، شيفرة مخصصة، إضافة: كل الصفحات، في نهاية الـ body.
recipe-next = ضعه في التخطيط الجذري ليبقى عند التنقل بين الصفحات.
test-chat-name = زائر تجريبي
test-chat-text = مرحبًا! هذه محادثة تجريبية. هل تصلك رسالتي؟
chip-test = تجربة

texts-title = كلماتك الخاصة، حسب اللغة
texts-help = ما يبقى فارغًا نقوله بكلماتنا التي تظهر هناك بالرمادي. الكلمات الأولى والموافقة والخصوصية المكتوبة أعلاه تسري على كل لغة ليس لها نص هنا.
texts-own = { $n ->
    [one] نص واحد خاص ({ $n })
   *[other] نصوص خاصة: { $n }
}
texts-hello = التحية
texts-hello-offline = التحية حين لا يوجد أحد
texts-write = في الحقل الفارغ
texts-online = تحت الاسم حين يوجد أحد
texts-offline = تحت الاسم حين لا يوجد أحد
texts-consent = ما يوافقون عليه
texts-privacy = ما يُحفظ وإلى متى
texts-bad = «{ $what }» ({ $lang }): { $n } حرفًا على الأكثر. لم يُحفظ شيء؛ وما كتبته ما زال هنا.
texts-shown-in = لغة المعاينة
texts-shown-default = لغة الموقع
