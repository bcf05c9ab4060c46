# A received mail as it came.
received-original = الرسالة كما وصلت
received-source = حفظ المصدر
received-files = الملفات
received-files-help = لم يفحص أحد هذه الملفات. تُحفظ فقط ولا تُفتح هنا.
received-pictures-help = لا تُعرض الصور الخارجية: سيعرف المرسل أنك قرأت هذه الرسالة.
received-pictures = عرض الصور
