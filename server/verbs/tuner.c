// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One table a kind of tuner; the detail in brackets is the server's or the system's own word.
#include "server/verbs/tuner.h"

#include <sysexits.h>

#include "pipelines/intake/error.h"
#include "server/verbs/common.h"

typedef struct {
    const char *thai;    // what is wrong and what to do
    const char *english; // likewise
    int exit_code;       // of sysexits.h
} Sentence;

static const Sentence satip_sentences[] = {
    [INTAKE_ERROR_UNREACHABLE] = {"ติดต่อเซิร์ฟเวอร์ SAT>IP ไม่ได้ ตรวจที่อยู่ สายเครือข่าย และไฟของเครื่อง",
                                  "the SAT>IP server cannot be reached; check its address, network "
                                  "cable and power",
                                  EX_UNAVAILABLE},
    [INTAKE_ERROR_SILENT] = {"เซิร์ฟเวอร์ SAT>IP ไม่ตอบหรือไม่ส่งสัญญาณ ลองเปิดเครื่องใหม่ "
                             "หรือเพิ่ม &transport=tcp",
                             "the SAT>IP server does not answer or sends nothing; try "
                             "&transport=tcp, or restart it",
                             EX_UNAVAILABLE},
    [INTAKE_ERROR_BUSY] = {"ตัวรับสัญญาณของเซิร์ฟเวอร์ SAT>IP ไม่ว่าง ปิดผู้ใช้อื่นหรือรอสักครู่",
                           "no tuner of the SAT>IP server is free; end another use of it or wait",
                           EX_TEMPFAIL},
    [INTAKE_ERROR_REFUSED] = {"เซิร์ฟเวอร์ SAT>IP ไม่รับค่าการจูนนี้ ตรวจ src freq pol msys sr fec",
                              "the SAT>IP server does not take these parameters; check src, freq, "
                              "pol, msys, sr and fec",
                              EX_CONFIG},
    [INTAKE_ERROR_MISSING] = {"เซิร์ฟเวอร์ SAT>IP ไม่มีสิ่งที่ขอ ตรวจว่าเป็นเครื่อง SAT>IP และพอร์ตถูกต้อง",
                              "the SAT>IP server has no such stream; check that this is a SAT>IP "
                              "server and its port",
                              EX_NOHOST},
    [INTAKE_ERROR_PROTOCOL] =
        {"คำตอบไม่เป็นไปตาม SAT>IP ตรวจว่าที่อยู่และพอร์ตเป็นของเซิร์ฟเวอร์ SAT>IP",
         "the answer is not what a SAT>IP server says; check address and port", EX_PROTOCOL},
    [INTAKE_ERROR_GONE] = {"เซิร์ฟเวอร์ SAT>IP ตัดการเชื่อมต่อ", "the SAT>IP server ended the connection",
                           EX_UNAVAILABLE},
    [INTAKE_ERROR_TRANSPORT] = {"เซิร์ฟเวอร์ SAT>IP ไม่ส่งด้วยวิธีนี้ ลอง &transport=tcp หรือ udp",
                                "the SAT>IP server does not send this way; try &transport=tcp or "
                                "udp",
                                EX_UNAVAILABLE},
};

int
verbs_tuner_report(const IntakeAddress *address, const GError *error)
{
    const Sentence *sentence = &satip_sentences[error->code];
    g_printerr("daorian: %s: %s (%s)\n", address->uri,
               verbs_common_say(sentence->thai, sentence->english), error->message);
    return sentence->exit_code;
}

int
verbs_tuner_report_nothing(const IntakeAddress *address, const IntakeSignal *signal)
{
    gboolean blind = signal->known && !signal->locked;
    g_printerr("daorian: %s: %s\n", address->uri,
               blind ? verbs_common_say("ตัวรับสัญญาณไม่พบสัญญาณ ตรวจความถี่ ขั้ว อัตราสัญลักษณ์ จาน และสาย",
                                        "the tuner finds no signal; check frequency, polarisation, "
                                        "symbol rate, dish and cable")
                     : verbs_common_say("ไม่มีสัญญาณเข้ามาเลย ตรวจไฟร์วอลล์ หรือเพิ่ม &transport=tcp",
                                        "nothing came; check the firewall, or try &transport=tcp"));
    return EX_UNAVAILABLE;
}
