// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Texts are pairs, Thai first. Whatever does not stand in this file goes through
// g_markup_printf_escaped().
#include "server/api/trusthtml.h"

#include <string.h>

#include "server/api/html.h"

typedef struct {
    const char *thai;    // (unowned)
    const char *english; // (unowned)
} Text;

typedef struct {
    Text heading;  // (value)
    Text steps[6]; // (value), up to the first without Thai
} System;

static const Text title = {"เปิดใช้ HTTPS บนเครื่องนี้", "Turn on HTTPS on this device"};
static const Text why = {
    "เบราว์เซอร์ยอมให้เก็บบทเรียนไว้ดูโดยไม่ต้องต่อเน็ตเฉพาะหน้าที่เปิดด้วย HTTPS "
    "ทำตามขั้นตอนนี้ครั้งเดียวต่อหนึ่งเครื่อง ถ้าไม่ทำ ยังดูบทเรียนและดาวน์โหลดแฟ้มวิดีโอได้ตามปกติ",
    "A browser keeps lessons for watching without a connection only on pages opened with HTTPS. Do "
    "this once on each device. Without it, watching and plain downloads work as before."};
static const Text missing = {
    "เครื่องแม่ข่ายนี้ยังไม่ได้ทำใบรับรอง ขอให้ผู้ดูแลสั่ง daorian tls แล้วเริ่ม daorian serve ใหม่",
    "This box has no certificate yet. Ask its administrator to run daorian tls and to restart "
    "daorian "
    "serve."};
static const Text done = {"หน้านี้เปิดด้วย HTTPS แล้ว ไม่ต้องทำอะไรอีก",
                          "This page was opened with HTTPS: nothing more is to be done."};
static const Text fetch = {"1. ดาวน์โหลดใบรับรอง", "1. Download the certificate"};
static const Text check = {
    "2. ตรวจว่าเป็นของจริง: ลายนิ้วมือ SHA-256 ที่เครื่องของท่านแสดงต้องตรงกับที่ผู้ดูแลเห็น (daorian tls) คือ",
    "2. See that it is the real one: the SHA-256 fingerprint that your device shows must be the "
    "one "
    "that the administrator sees (daorian tls):"};
static const Text install = {"3. ติดตั้งตามชนิดของเครื่อง", "3. Install it on your kind of device"};
static const Text open = {"4. จากนั้นเปิดใหม่ด้วย HTTPS", "4. Then open this box with HTTPS"};
static const Text limits = {
    "ใบรับรองนี้รับรองได้เฉพาะเครื่องในเครือข่ายภายในและชื่อของเครื่องแม่ข่ายนี้ ใช้ปลอมเว็บอื่นไม่ได้ "
    "และลบออกได้ทุกเมื่อในที่เดียวกับที่ติดตั้ง",
    "This certificate can vouch only for local addresses and for this box's names, for no other "
    "site. "
    "It can be removed at any time where it was installed."};
static const Text list = {"บทเรียนทั้งหมด", "All lessons"};
static const Text other = {"English", "ภาษาไทย"};
static const Text named = {"ชื่อใบรับรอง", "Name of the certificate"};

static const System systems[] = {
    {{"แอนดรอยด์", "Android"},
     {{"เปิดแอป ตั้งค่า แล้วค้นหาคำว่า “ใบรับรอง CA” (ปกติอยู่ใน ความปลอดภัย → การเข้ารหัสและข้อมูลเข้าสู่ระบบ "
       "→ ติดตั้งใบรับรอง → ใบรับรอง CA)",
       "Open Settings and search for “CA certificate” (usually under Security → Encryption & "
       "credentials → Install a certificate → CA certificate)."},
      {"เมื่อมีคำเตือน แตะ “ติดตั้งต่อไป” แล้วใส่รหัสล็อกหน้าจอ",
       "At the warning choose “Install anyway” and enter the screen lock."},
      {"เลือกแฟ้ม daorian-ca.crt ในโฟลเดอร์ดาวน์โหลด",
       "Choose the file daorian-ca.crt among the downloads."},
      {"ใช้เบราว์เซอร์ Chrome (Firefox ต้องเปิดใช้ใบรับรองของผู้ใช้ในการตั้งค่าเอง)",
       "Use Chrome. (Firefox must be told in its settings to use certificates of the user.)"}}},
    {{"ไอโฟนและไอแพด", "iPhone and iPad"},
     {{"ดาวน์โหลดใบรับรองด้วย Safari แล้วแตะ “อนุญาต”",
       "Download the certificate with Safari and tap “Allow”."},
      {"เปิด การตั้งค่า → ดาวน์โหลดโปรไฟล์แล้ว → ติดตั้ง", "Open Settings → Profile Downloaded → Install."},
      {"เปิด การตั้งค่า → ทั่วไป → เกี่ยวกับ → การตั้งค่าความเชื่อถือใบรับรอง แล้วเปิดสวิตช์ของใบรับรองนี้",
       "Open Settings → General → About → Certificate Trust Settings and switch this certificate "
       "on."}}},
    {{"วินโดวส์", "Windows"},
     {{"เปิดแฟ้ม daorian-ca.crt ที่ดาวน์โหลดแล้ว เลือก “ติดตั้งใบรับรอง…”",
       "Open the downloaded daorian-ca.crt and choose “Install Certificate…”."},
      {"เลือก “ผู้ใช้ปัจจุบัน” แล้วถัดไป", "Choose “Current User”, then Next."},
      {"เลือก “วางใบรับรองทั้งหมดในที่เก็บต่อไปนี้” → เรียกดู → “ผู้ออกใบรับรองหลักที่เชื่อถือได้”",
       "Choose “Place all certificates in the following store” → Browse → “Trusted Root "
       "Certification "
       "Authorities”."},
      {"ยืนยัน แล้วปิดและเปิด Chrome หรือ Edge ใหม่", "Confirm, then close and reopen Chrome or Edge."}}},
};

static const char *
say(const ApiTrusthtmlFacts *facts, const Text *text)
{
    return facts->language == SERVER_SENTENCES_THAI ? text->thai : text->english;
}

static void
add_head(GString *html, const ApiTrusthtmlFacts *facts)
{
    gboolean thai = facts->language == SERVER_SENTENCES_THAI;
    api_html_add(html,
                 "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
                 "<meta name=\"viewport\" content=\"width=device-width\"><title>%s · %s</title>",
                 thai ? "th" : "en", say(facts, &title), facts->site_title);
    g_string_append(html,
                    "<style>body{font:1em/1.6 sans-serif;max-width:40em;margin:0 "
                    "auto;padding:.5em}a{color:#0b4f9e}li{margin:.4em 0}"
                    "code{overflow-wrap:anywhere;background:#eee;color:#111;padding:.1em .3em}"
                    "h2{font-size:1.15em}h3{font-size:1em;margin-bottom:0}"
                    ".act{display:inline-block;padding:.6em 1em;border:1px solid}"
                    "</style></head><body>\n");
    api_html_add(html, "<h1>%s</h1>\n", say(facts, &title));
}

static void
add_system(GString *html, const ApiTrusthtmlFacts *facts, const System *system)
{
    api_html_add(html, "<h3>%s</h3>\n<ol>", say(facts, &system->heading));
    for (guint i = 0; i < G_N_ELEMENTS(system->steps) && system->steps[i].thai != NULL; i++)
        api_html_add(html, "<li>%s</li>\n", say(facts, &system->steps[i]));
    g_string_append(html, "</ol>\n");
}

static void
add_steps(GString *html, const ApiTrusthtmlFacts *facts)
{
    api_html_add(
        html,
        "<h2>%s</h2>\n<p><a class=\"act\" href=\"/trust/daorian-ca.crt\">daorian-ca.crt</a></p>\n",
        say(facts, &fetch));
    api_html_add(html, "<p>%s: <b>%s</b></p>\n", say(facts, &named), facts->authority_name);
    api_html_add(html, "<p>%s</p>\n<p><code>%s</code></p>\n", say(facts, &check),
                 facts->fingerprint);
    api_html_add(html, "<h2>%s</h2>\n", say(facts, &install));
    for (guint i = 0; i < G_N_ELEMENTS(systems); i++)
        add_system(html, facts, &systems[i]);
    if (facts->secure_url != NULL)
        api_html_add(html, "<h2>%s</h2>\n<p><a class=\"act\" href=\"%s\">%s</a></p>\n",
                     say(facts, &open), facts->secure_url, facts->secure_url);
    api_html_add(html, "<p>%s</p>\n", say(facts, &limits));
}

char *
api_trusthtml_render(const ApiTrusthtmlFacts *facts)
{
    gboolean thai = facts->language == SERVER_SENTENCES_THAI;
    GString *html = g_string_new(NULL);
    add_head(html, facts);
    if (facts->is_secure)
        api_html_add(html, "<p><b>%s</b></p>\n", say(facts, &done));
    api_html_add(html, "<p>%s</p>\n", say(facts, &why));
    if (facts->authority_name != NULL)
        add_steps(html, facts);
    else if (!facts->is_secure)
        api_html_add(html, "<p><b>%s</b></p>\n", say(facts, &missing));
    api_html_add(html,
                 "<hr><p><a href=\"/trust%s\" lang=\"%s\">%s</a> · <a "
                 "href=\"/\">%s</a></p>\n</body></html>\n",
                 thai ? "?lang=en" : "", thai ? "en" : "th", say(facts, &other), say(facts, &list));
    return g_string_free(html, FALSE);
}
