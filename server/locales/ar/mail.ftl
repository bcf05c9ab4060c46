# الرسائل التي تُرسل بالبريد.
mail-unsubscribe = لا أريد المزيد من هذه الرسائل
mail-before = ما سبق في هذه المحادثة:
mail-more = { $n ->
    [one] توجد رسالة سابقة واحدة في المحادثة.
   *[other] عدد الرسائل السابقة في المحادثة: { $n }.
}
mail-reply-hint = يمكنك أيضًا الرد على هذه الرسالة مباشرة.
mail-why-visitor = وصلتك هذه الرسالة لأنك تركت هذا العنوان لدى { $site }.
mail-why-agent = وصلتك هذه الرسالة لأنك تعمل مع هذا الفريق. يمكنك أن تختار في حسابك الرسائل التي تصلك.
mail-visitor = أنت
mail-nobody = نحن
mail-agent-at = { $agent } ({ $site })
mail-link-ends = الرابط صالح حتى { $at }.

mail-unread-subject = محادثتك مع { $site }
mail-unread-title = ردّ عليك { $agent }
mail-unread-go = تابع المحادثة

mail-proof-subject = هل هذا عنوانك؟ – { $site }
mail-proof-title = هل تريد أن يرد عليك { $site } هنا؟
mail-proof-body = أدخل شخص ما هذا العنوان في محادثة { $site }. إن كنت أنت، فأكّد ذلك، وستصلك هنا الردود التي تفوتك في المحادثة.
mail-proof-go = نعم، هذا عنواني
mail-proof-not-you = إن لم تكن أنت فلا تفعل شيئًا: لن تُرسل أي ردود إلى هنا.

mail-transcript-subject = محادثتك مع { $site }: النص الكامل
mail-transcript-title = محادثتك مع { $site }
mail-transcript-more = { $n ->
    [one] لم تُدرج رسالة أقدم واحدة.
   *[other] عدد الرسائل الأقدم التي لم تُدرج: { $n }.
}

mail-test-subject = اختبار من { $site }
mail-test-title = البريد يعمل
mail-test-body = أرسل { $by } هذا الاختبار من { $site }. ما لا يقرؤه الزوار في المحادثة يُرسل بهذه الصورة.
mail-test-reply = ردّ عليه لتجربة طريق العودة.

mail-alert-waiting = { $who } ينتظر ولا أحد متصل
mail-alert-mention = أشار إليك { $who }
mail-alert-assigned = أُسندت إليك محادثة مع { $who }
mail-alert-other = { $who }
mail-alert-go = افتح المحادثة
mail-digest-subject = { $n ->
    [one] محادثة واحدة تحتاج إليك
   *[other] عدد المحادثات التي تحتاج إليك: { $n }
}
mail-digest-more = { $n ->
    [one] وواحدة أخرى.
   *[other] وغيرها: { $n }.
}
mail-digest-go = افتح صندوق الوارد

mail-invitation-subject = أنت مدعو إلى { $workspace }
mail-invitation-title = يدعوك { $by } إلى { $workspace }
mail-invitation-body = اختر اسمًا وكلمة مرور، ويمكنك بعدها الرد على الزوار.
mail-invitation-go = اقبل الدعوة
mail-reset-subject = اختر كلمة مرور جديدة
mail-reset-title = اختر كلمة مرور جديدة
mail-reset-body = طُلبت كلمة مرور جديدة لهذا الحساب. تبقى القديمة صالحة حتى تختار غيرها.
mail-reset-go = اختر كلمة مرور
mail-reset-not-you = إن لم تطلب ذلك فلا تفعل شيئًا.

event-mail-sent = أُرسلت بالبريد إلى { $to }.
event-mail-proof-sent = سُئل { $to } بالبريد عن صحة العنوان.
event-mail-proved = تأكّد { $to }: تُرسل إليه الردود غير المقروءة.
event-mail-transcript-sent = أُرسلت المحادثة بالبريد إلى { $to }.
event-mail-bounced = ارتدّت رسالة إلى { $to }. لن يُرسل إليه المزيد. { $why }
event-mail-failed = تعذّر إرسال رسالة إلى { $to }. { $why }

mailpage-prove-title = هل هذا عنوانك؟
mailpage-prove-body = أكّد { $address }، وستُرسل إليه بالبريد الردود التي تفوتك في محادثة { $site }.
mailpage-proved = تأكّد عنوانك.
mailpage-back-title = عودة إلى محادثتك
mailpage-back-body = تستمر في هذا المتصفح مع كل ما كُتب حتى الآن.
mailpage-plain = من دون JavaScript يقود الزر إلى صفحة بسيطة للقراءة والرد. يمكنك أيضًا الرد على الرسالة.
mailpage-chat-title = محادثتك
mailpage-chat-you = أنت
mailpage-chat-more = ما كُتب قبل ذلك لا يظهر هنا.
mailpage-chat-empty = لم يُكتب شيء هنا بعد.
mailpage-chat-label = ردّك
mailpage-chat-send = إرسال
mailpage-chat-again = ابحث عن رسائل جديدة
mailpage-chat-words = فيه كلمة غير مقبولة هنا. غيّرها وأرسل مرة أخرى.
mailpage-chat-wait = كان ذلك كثيرًا دفعة واحدة. انتظر دقيقة وأرسل مرة أخرى.
mailpage-chat-not = تعذّر الإرسال من هنا. نصّك محفوظ أدناه؛ ويمكنك أيضًا الرد على الرسالة.
mailpage-over-title = لم يعد هذا الرابط صالحًا
mailpage-over-body = استُخدم في متصفح آخر أو مضى عليه وقت طويل. لم يضِع شيء: ردّ على الرسالة أو استخدم رابط رسالة أحدث.
mailpage-other-title = شخص آخر مسجّل الدخول هنا
mailpage-other-body = هذا المتصفح لزائر آخر للموقع. سجّل الخروج هناك أو افتح الرابط في متصفح آخر. ما زال الرابط صالحًا.
mailpage-stop-title = لا مزيد من هذه الرسائل؟
mailpage-stop-body = لن تُرسل الردود غير المقروءة في المحادثة إلى { $address } بعد الآن.
mailpage-stop-go = لا مزيد من الرسائل
mailpage-stopped-title = لا مزيد من الرسائل
mailpage-stopped-body = لن يصلك شيء منها من الآن. ما ترسله بنفسك يُجاب عنه كالمعتاد.

mailpage-transcript = أرسلوا إليّ المحادثة كلها بالبريد
mailpage-mailed-title = إنها في الطريق
mailpage-mailed-body = تُرسل المحادثة كلها بالبريد إلى { $address }.
transcript-title = نص المحادثة
transcript-file = حفظ كنص
transcript-mail = إرسال إلى الزائر
