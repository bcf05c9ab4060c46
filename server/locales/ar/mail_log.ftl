# ما جاء أو ذهب بالبريد في سجل المحادثة، وكيف يكتب الموظف رسالة.
mail-by = بالبريد
mail-by-from = بالبريد من { $address }
mail-cc = نسخة إلى
mail-files = ملفات في الرسالة
mail-original = اعرض الرسالة كما جاءت
mail-original-more = اعرض الرسالة كاملة
mail-stranger = كتب غريب بالبريد: { $address }. لا يرى الزائر هذا، ولا يُجاب عنه.
mail-automatic = إجابة آلية بالبريد من { $address }
