"""A real SIP phone for scripts: it dials, presses keys, answers, plays and records.

:class:`~ari_app.phone.handset.Phone` is what scripts use; the SIP stack behind it runs in a process
of its own (:mod:`ari_app.phone.softphone`); :mod:`ari_app.phone.listen` says what was heard.
"""
