# A received mail as it came.
mail-original = الرسالة كما وصلت
mail-source = حفظ المصدر
mail-files = الملفات
mail-files-help = لم يفحص أحد هذه الملفات. تُحفظ فقط ولا تُفتح هنا.
mail-pictures-help = لا تُعرض الصور الخارجية: سيعرف المرسل أنك قرأت هذه الرسالة.
mail-pictures = عرض الصور
