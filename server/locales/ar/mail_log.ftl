# ما جاء أو ذهب بالبريد في سجل المحادثة، وكيف يكتب الموظف رسالة.
mail-by = بالبريد
mail-by-from = بالبريد من { $address }
mail-cc = نسخة إلى
mail-files = ملفات في الرسالة
mail-original = اعرض الرسالة كما جاءت
mail-original-more = اعرض الرسالة كاملة
mail-stranger = كتب غريب بالبريد: { $address }. لا يرى الزائر هذا، ولا يُجاب عنه.
mail-automatic = إجابة آلية بالبريد من { $address }
event-mail-sent = أُرسلت بالبريد إلى { $to }.
event-mail-proof-sent = سُئل { $to } بالبريد هل العنوان له.
event-mail-proved = العنوان { $to } مؤكَّد.
event-mail-transcript-sent = أُرسلت المحادثة إلى { $to }.
event-mail-bounced = عادت الرسالة إلى { $to }. لن يُرسل إليه شيء بعد الآن.
event-mail-bounced-why = عادت الرسالة إلى { $to }: { $why }. لن يُرسل إليه شيء بعد الآن.
event-mail-failed = تعذّر إرسال الرسالة إلى { $to }.
event-mail-failed-why = تعذّر إرسال الرسالة إلى { $to }: { $why }.
