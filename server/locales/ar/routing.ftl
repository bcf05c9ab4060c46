# Hours, and a conversation in which nobody writes.
event-nudged = سُئل الزائر عما إذا كان لا يزال هنا.
event-warned = أُبلغ الزائر بأن هذه المحادثة ستنتهي قريبًا.
event-timed-out = أُغلقت المحادثة: لم يكتب الزائر شيئًا منذ مدة.
hours-shut = مغلقة
hours-opens = مغلقة، تُفتح
hours-closes = مفتوحة حتى
