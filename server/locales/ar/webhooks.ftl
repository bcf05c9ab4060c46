settings-webhooks = خطاطيف الويب
webhooks-help = يُبلَّغ خادم آخر بما يحدث: موقَّعًا، مرة واحدة على الأقل لكل حدث، وبالترتيب داخل المحادثة.
webhooks-none = لا توجد خطاطيف بعد.
webhooks-add = إضافة خطاف
webhooks-url = العنوان
webhooks-url-help = يستقبل طلب POST بصيغة JSON ويجيب برمز 2xx خلال 10 ثوانٍ.
webhooks-events = يُبلَّغ بـ
webhooks-inner = ملاحظات الموظفين: لا تُعرض على الزوار أبدًا
webhooks-bad-url = لا يمكن طلب هذا العنوان. اكتب عنوانًا مثل https://example.com/hook بلا اسم مستخدم. لم يتغير شيء.
webhooks-inside = هذا العنوان داخل شبكة خادمكم. يمكن لمشغّل الخادم السماح به عبر --outgoing-allow. لم يتغير شيء.
webhooks-no-kinds = اختر حدثًا واحدًا على الأقل. لم يتغير شيء.
webhooks-too-many = لا يمكن لمساحة العمل أن تحوي أكثر من 20 خطافًا. احذف واحدًا أولًا؛ لم يتغير شيء.
webhooks-off = متوقف
webhooks-gone = متوقف: أفاد بأنه لم يعد موجودًا
webhooks-off-help = إنه متوقف: لا يُرسَل شيء. ما كان ينتظر يُرسَل عند تشغيله من جديد، أما ما يحدث في الأثناء فلا.
webhooks-gone-help = أجاب بالرمز 410 أي أنه لم يعد موجودًا، فأُوقِف. تحقق من العنوان ثم شغّله: عندها يُرسَل ما كان ينتظر.
webhooks-secret = سر التوقيع
webhooks-secret-help = يُعرض هذه المرة فقط. يتحقق خادمكم من التواقيع به: احفظه كما تحفظ كلمة المرور.
webhooks-rotate = إنشاء سر جديد
webhooks-rotate-help = يوقّع السر الجديد إلى جانب هذا حتى تنهي القديم، فلا يفوت شيء.
webhooks-two-secrets = يوقّع سرّان. أنهِ القديم حين يعرف خادمكم الجديد.
webhooks-end-old = إنهاء السر القديم
webhooks-test = إرسال اختبار
webhooks-test-good = وصل الاختبار، { $ms } مللي ثانية
webhooks-test-bad = لم يُقبل الاختبار، { $ms } مللي ثانية
webhooks-request = الطلب
webhooks-answer = الجواب
webhooks-empty = لا شيء فيه.
webhooks-failed = ما فشل
webhooks-failed-help = جُرِّب نحو يوم ثم تُرك. الأحداث محفوظة: أرسلها من جديد حين يعود الخادم الآخر.
webhooks-failed-none = لم يفشل شيء.
webhooks-replay = إرسال مجددًا
webhooks-replay-all = إرسال الكل مجددًا
webhooks-pending = في الانتظار
webhooks-sent = ما وصل
webhooks-sent-none = لم يصل شيء بعد.
webhooks-not-tried = لم يُجرَّب بعد
webhooks-next = المحاولة التالية:
webhooks-change = العنوان والأحداث
webhooks-end = الإيقاف أو الحذف
webhooks-end-help = بعد الإيقاف يمكن تشغيله من جديد. وبعد الحذف يزول مع كل ما ينتظره.
webhooks-disable = إيقاف
webhooks-enable = تشغيل
webhooks-remove = حذف
audit-webhook-added = أضاف { $by } الخطاف على { $name }.
audit-webhook-changed = غيّر { $by } الخطاف على { $name }.
audit-webhook-secret = أنشأ { $by } سرًا جديدًا للخطاف على { $name }.
audit-webhook-secret-ended = أنهى { $by } السر القديم للخطاف على { $name }.
audit-webhook-on = شغّل { $by } الخطاف على { $name }.
audit-webhook-off = أوقف { $by } الخطاف على { $name }.
audit-webhook-removed = حذف { $by } الخطاف على { $name }.
audit-webhook-replayed = أعاد { $by } إرسال الأحداث الفاشلة إلى { $name }.
webhooks-kinds = { $n ->
    [one] نوع واحد من الأحداث
    [two] نوعان من الأحداث
    [few] { $n } أنواع من الأحداث
   *[other] { $n } نوعًا من الأحداث
}
webhooks-waiting = { $n } في الانتظار
webhooks-dead = فشل { $n }
webhooks-attempts = { $n ->
    [one] محاولة واحدة
    [two] محاولتان
    [few] { $n } محاولات
   *[other] { $n } محاولة
}
webhooks-secrets = تجديد السر
