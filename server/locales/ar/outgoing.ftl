# لماذا تعذّر سؤال خادم آخر. من دون نقطة في النهاية.
outgoing-bad-url = لا يمكن استعمال هذا العنوان. اكتب عنوانًا مثل https://bot.example.com/ من دون مستخدم أو كلمة مرور فيه
outgoing-refused = يؤدي { $host } إلى { $address } داخل شبكاتك؛ لم يُرسل شيء. يستطيع من يشغّل الخادم السماح به عبر --outgoing-allow
outgoing-dns = تعذّر العثور على الاسم { $host } ({ $why })
outgoing-connect = لا أحد يقبل الاتصال ({ $why })
outgoing-tls = لا يوجد اتصال آمن ({ $why })
outgoing-timed-out = لم يصل جواب خلال { $seconds } ث
outgoing-too-big = الجواب أكبر من { $bytes } بايت
outgoing-redirect = يحوّل ({ $status }) إلى { $to }، ولا نتبعه: اكتب العنوان النهائي
outgoing-compressed = الجواب مضغوط ({ $encoding })؛ يجب أن يصل غير مضغوط
outgoing-cut-off = انقطع الاتصال ({ $why })
outgoing-unable = لا يستطيع هذا الخادم أن يسأل أحدًا ({ $why })
outgoing-status = كان الجواب { $status }
