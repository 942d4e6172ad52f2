// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Writing lessons. Every edit by a person is guarded by the revision and leaves an audit row; what
// the encoder finds out is not an edit.
#include "catalog/lessons.h"

#include <string.h>

#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/removals.h"
#include "catalog/search.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

#define WARNINGS_MAX 20
#define SHORT_TEXT_BYTES_MAX 500

static gboolean
check_text(const char *what, const char *text, gsize bytes_max, GError **error)
{
    if (text == NULL)
        return TRUE;
    if (strlen(text) <= bytes_max && g_utf8_validate(text, -1, NULL))
        return TRUE;
    g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID,
                "%s must be UTF-8 and at most %" G_GSIZE_FORMAT " bytes", what, bytes_max);
    return FALSE;
}

static gboolean
check_lesson(const CatalogLesson *lesson, GError **error)
{
    const char *const short_texts[][2] = {
        {"language", lesson->language}, {"filename", lesson->filename},
        {"subject", lesson->subject},   {"grade", lesson->grade},
        {"course", lesson->course},     {"area", lesson->area},
        {"centre", lesson->centre},     {"rights_holder", lesson->rights_holder},
        {"licence", lesson->licence},
    };
    for (guint i = 0; i < G_N_ELEMENTS(short_texts); i++) {
        if (!check_text(short_texts[i][0], short_texts[i][1], SHORT_TEXT_BYTES_MAX, error))
            return FALSE;
    }
    return check_text("title", lesson->title, CATALOG_LESSONS_TITLE_BYTES_MAX, error) &&
           check_text("description", lesson->description, CATALOG_LESSONS_DESCRIPTION_BYTES_MAX,
                      error);
}

static void
bind_typed(CatalogStatement *statement, const CatalogLesson *lesson)
{
    catalog_statement_bind_text(statement, ":id", lesson->id);
    catalog_statement_bind_text(statement, ":title", lesson->title);
    catalog_statement_bind_text(statement, ":description", lesson->description);
    catalog_statement_bind_text(statement, ":language", lesson->language);
    catalog_statement_bind_text(statement, ":visibility",
                                catalog_lesson_visibility_to_text(lesson->visibility));
    catalog_statement_bind_text(statement, ":subject", lesson->subject);
    catalog_statement_bind_text(statement, ":grade", lesson->grade);
    catalog_statement_bind_text(statement, ":course", lesson->course);
    catalog_statement_bind_text(statement, ":area", lesson->area);
    catalog_statement_bind_text(statement, ":centre", lesson->centre);
    catalog_statement_bind_text(statement, ":rights_holder", lesson->rights_holder);
    catalog_statement_bind_text(statement, ":licence", lesson->licence);
    catalog_statement_bind_int(statement, ":keep_until_ms", lesson->keep_until_ms);
}

static const char CREATE_SQL[] =
    "INSERT INTO lessons (id, owner_id, state, visibility, title, description, language, filename,"
    " subject, grade, course, area, centre, rights_holder, licence, keep_until_ms, created_ms,"
    " updated_ms, published_ms)"
    " VALUES (:id, :owner_id, :state, :visibility, :title, :description, :language, :filename,"
    " :subject, :grade, :course, :area, :centre, :rights_holder, :licence, :keep_until_ms, :now_ms,"
    " :now_ms, iif(:state = 'published', :now_ms, 0))";

gboolean
catalog_lessons_create(CatalogDatabase *database, const CatalogLesson *lesson,
                       const CatalogAuditStamp *by, GError **error)
{
    if (!catalog_ids_is_valid(lesson->id)) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID, "the id is not a UUIDv7");
        return FALSE;
    }
    if (!check_lesson(lesson, error))
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, CREATE_SQL);
    bind_typed(statement, lesson);
    catalog_statement_bind_text(statement, ":owner_id", lesson->owner_id);
    catalog_statement_bind_text(statement, ":state", catalog_lesson_state_to_text(lesson->state));
    catalog_statement_bind_text(statement, ":filename", lesson->filename);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    g_autofree char *detail = catalog_texts_write_object("title", lesson->title, NULL);
    return catalog_statement_run(statement, error) &&
           catalog_search_index(database, lesson->id, lesson->title, lesson->description, error) &&
           catalog_audit_append(database, by, "lesson.create", lesson->id, detail, error);
}

static const char EXISTS_SQL[] = "SELECT 1 AS found FROM lessons WHERE id = :id";

/* A guarded write changed nothing: was there no such lesson, or was it not as thought? */
static void
set_not_changed(CatalogDatabase *database, const char *id, const char *why, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, EXISTS_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    if (catalog_statement_next(statement))
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT, "%s", why);
    else
        catalog_statement_finish_missing(statement, "lesson", error);
}

static gboolean
run_on_lesson(CatalogDatabase *database, CatalogStatement *statement, const char *id,
              const char *why, GError **error)
{
    gint64 changed = 0;
    catalog_statement_bind_text(statement, ":id", id);
    if (!catalog_statement_run_counting(statement, &changed, error))
        return FALSE;
    if (changed == 0)
        set_not_changed(database, id, why, error);
    return changed != 0;
}

static const char UPDATE_SQL[] =
    "UPDATE lessons SET title = :title, description = :description, language = :language,"
    " visibility = :visibility, subject = :subject, grade = :grade, course = :course, area = :area,"
    " centre = :centre, rights_holder = :rights_holder, licence = :licence,"
    " keep_until_ms = :keep_until_ms, revision = revision + 1, updated_ms = :now_ms"
    " WHERE id = :id AND (:revision < 0 OR revision = :revision)";

gboolean
catalog_lessons_update(CatalogDatabase *database, const CatalogLesson *changed, gint64 revision,
                       const CatalogAuditStamp *by, GError **error)
{
    if (!check_lesson(changed, error))
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, UPDATE_SQL);
    bind_typed(statement, changed);
    catalog_statement_bind_int(statement, ":revision", revision);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    g_autofree char *detail =
        catalog_texts_write_object("title", changed->title, "visibility",
                                   catalog_lesson_visibility_to_text(changed->visibility), NULL);
    return run_on_lesson(database, statement, changed->id, "the lesson was edited in between",
                         error) &&
           catalog_search_index(database, changed->id, changed->title, changed->description,
                                error) &&
           catalog_audit_append(database, by, "lesson.update", changed->id, detail, error);
}

static const char GET_STATE_SQL[] = "SELECT state FROM lessons WHERE id = :id";
static const char SET_STATE_SQL[] =
    "UPDATE lessons SET state = :state, error_code = :error_code, updated_ms = :now_ms,"
    " published_ms = iif(:state = 'published' AND published_ms = 0, :now_ms, published_ms)"
    " WHERE id = :id";

static gboolean
get_state(CatalogDatabase *database, const char *id, CatalogLessonState *state, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_STATE_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    if (catalog_statement_next(statement) &&
        catalog_lesson_state_from_text(catalog_statement_get_text(statement, "state"), state))
        return TRUE;
    catalog_statement_finish_missing(statement, "lesson", error);
    return FALSE;
}

static gboolean
write_state(CatalogDatabase *database, const char *id, CatalogLessonState state,
            const char *error_code, const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, SET_STATE_SQL);
    const char *text = catalog_lesson_state_to_text(state);
    catalog_statement_bind_text(statement, ":state", text);
    catalog_statement_bind_text(statement, ":error_code", error_code);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    g_autofree char *detail =
        catalog_texts_write_object("state", text, "error_code", error_code, NULL);
    return run_on_lesson(database, statement, id, "the lesson moved in between", error) &&
           catalog_audit_append(database, by, "lesson.state", id, detail, error);
}

gboolean
catalog_lessons_set_state(CatalogDatabase *database, const char *id, CatalogLessonState state,
                          const CatalogAuditStamp *by, GError **error)
{
    CatalogLessonState before = CATALOG_LESSON_STATE_RECEIVING;
    if (!get_state(database, id, &before, error))
        return FALSE;
    if (before == state)
        return TRUE;
    if (state == CATALOG_LESSON_STATE_WITHDRAWN || !catalog_lesson_state_may_move(before, state)) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT,
                    "a lesson cannot go from %s to %s", catalog_lesson_state_to_text(before),
                    catalog_lesson_state_to_text(state));
        return FALSE;
    }
    return write_state(database, id, state, NULL, by, error);
}

gboolean
catalog_lessons_fail(CatalogDatabase *database, const char *id, const char *error_code,
                     const CatalogAuditStamp *by, GError **error)
{
    CatalogLessonState before = CATALOG_LESSON_STATE_RECEIVING;
    if (!get_state(database, id, &before, error))
        return FALSE;
    CatalogLessonState after = before == CATALOG_LESSON_STATE_PUBLISHED
                                   ? CATALOG_LESSON_STATE_PUBLISHED
                                   : CATALOG_LESSON_STATE_FAILED;
    return write_state(database, id, after, error_code, by, error);
}

static const char WITHDRAW_SQL[] =
    "UPDATE lessons SET withdrawn_ms = :now_ms, revision = revision + 1, updated_ms = :now_ms"
    " WHERE id = :id AND withdrawn_ms = 0";
static const char RESTORE_SQL[] =
    "UPDATE lessons SET withdrawn_ms = 0, revision = revision + 1, updated_ms = :now_ms,"
    " keep_until_ms = iif(keep_until_ms <= :now_ms, 0, keep_until_ms)"
    " WHERE id = :id AND withdrawn_ms <> 0";

gboolean
catalog_lessons_withdraw(CatalogDatabase *database, const char *id, const CatalogAuditStamp *by,
                         GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, WITHDRAW_SQL);
    catalog_statement_bind_int(statement, ":now_ms", MAX(by->now_ms, 1));
    return run_on_lesson(database, statement, id, "the lesson is withdrawn already", error) &&
           catalog_audit_append(database, by, "lesson.withdraw", id, NULL, error);
}

gboolean
catalog_lessons_withdraw_expired(CatalogDatabase *database, gint64 now_ms, GError **error)
{
    const CatalogAuditStamp by = {NULL, now_ms};
    g_autoptr(GPtrArray) ids = catalog_removals_list_expired(database, now_ms, error);
    gboolean fine = ids != NULL;
    for (guint i = 0; fine && i < ids->len; i++)
        fine = catalog_lessons_withdraw(database, ids->pdata[i], &by, error);
    return fine;
}

gboolean
catalog_lessons_restore(CatalogDatabase *database, const char *id, const CatalogAuditStamp *by,
                        GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, RESTORE_SQL);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    return run_on_lesson(database, statement, id, "the lesson is not withdrawn", error) &&
           catalog_audit_append(database, by, "lesson.restore", id, NULL, error);
}

static const char MEDIA_SQL[] =
    "UPDATE lessons SET duration_ms = iif(:duration_ms < 0, duration_ms, :duration_ms),"
    " poster_file = coalesce(:poster_file, poster_file),"
    " complete = iif(:complete < 0, complete, :complete),"
    " inset = iif(:keep_inset, inset, :inset), updated_ms = :now_ms WHERE id = :id";

gboolean
catalog_lessons_set_media(CatalogDatabase *database, const char *id,
                          const CatalogLessonsMedia *media, gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, MEDIA_SQL);
    catalog_statement_bind_int(statement, ":duration_ms", media->duration_ms);
    catalog_statement_bind_text(statement, ":poster_file", media->poster_file);
    catalog_statement_bind_int(statement, ":complete", media->complete);
    g_autofree char *inset = media->inset != NULL ? catalog_area_to_text(media->inset) : NULL;
    catalog_statement_bind_int(statement, ":keep_inset", media->inset == NULL);
    catalog_statement_bind_text(statement, ":inset", inset);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return run_on_lesson(database, statement, id, "", error);
}

static const char GET_INTERPRETER_SQL[] = "SELECT interpreter FROM lessons WHERE id = :id";
static const char SET_INTERPRETER_SQL[] =
    "UPDATE lessons SET interpreter = :interpreter, revision = revision + 1, updated_ms = :now_ms"
    " WHERE id = :id AND (:revision < 0 OR revision = :revision)";

/* What is undone later is in the audit row. */
static char *
describe_interpreter(CatalogDatabase *database, const char *id, const char *after)
{
    g_autoptr(CatalogStatement) get = catalog_statement_new(database, GET_INTERPRETER_SQL);
    catalog_statement_bind_text(get, ":id", id);
    g_autofree char *before =
        catalog_statement_next(get) ? catalog_statement_dup_text(get, "interpreter") : NULL;
    return catalog_texts_write_object("interpreter", after, "before", before, NULL);
}

gboolean
catalog_lessons_set_interpreter(CatalogDatabase *database, const char *id, const CatalogArea *area,
                                gint64 revision, const CatalogAuditStamp *by, GError **error)
{
    if (area != NULL && !catalog_area_is_sane(area)) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID,
                    "the interpreter is not within the picture");
        return FALSE;
    }
    g_autofree char *text = area != NULL ? catalog_area_to_text(area) : NULL;
    g_autofree char *detail = describe_interpreter(database, id, text);
    g_autoptr(CatalogStatement) set = catalog_statement_new(database, SET_INTERPRETER_SQL);
    catalog_statement_bind_text(set, ":interpreter", text);
    catalog_statement_bind_int(set, ":revision", revision);
    catalog_statement_bind_int(set, ":now_ms", by->now_ms);
    return run_on_lesson(database, set, id, "the lesson was edited in between", error) &&
           catalog_audit_append(database, by, "lesson.interpreter", id, detail, error);
}

static const char ORIGINAL_SQL[] =
    "UPDATE lessons SET original_bytes = :bytes, original_sha256 = :sha256, updated_ms = :now_ms"
    " WHERE id = :id";

gboolean
catalog_lessons_set_original(CatalogDatabase *database, const char *id, gint64 bytes,
                             const char *sha256, gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, ORIGINAL_SQL);
    catalog_statement_bind_int(statement, ":bytes", bytes);
    catalog_statement_bind_text(statement, ":sha256", sha256);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return run_on_lesson(database, statement, id, "", error);
}

static const char GET_WARNINGS_SQL[] = "SELECT warnings FROM lessons WHERE id = :id";
static const char SET_WARNINGS_SQL[] =
    "UPDATE lessons SET warnings = :warnings, updated_ms = :now_ms WHERE id = :id";

gboolean
catalog_lessons_add_warning(CatalogDatabase *database, const char *id, const char *code,
                            gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) get = catalog_statement_new(database, GET_WARNINGS_SQL);
    catalog_statement_bind_text(get, ":id", id);
    if (!catalog_statement_next(get)) {
        catalog_statement_finish_missing(get, "lesson", error);
        return FALSE;
    }
    g_auto(GStrv) before = catalog_texts_parse_list(catalog_statement_get_text(get, "warnings"));
    if (g_strv_contains((const char *const *)before, code) || g_strv_length(before) >= WARNINGS_MAX)
        return TRUE;
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_strv_builder_addv(builder, (const char **)before);
    g_strv_builder_add(builder, code);
    g_auto(GStrv) after = g_strv_builder_end(builder);
    g_autofree char *warnings = catalog_texts_write_list(after);

    g_autoptr(CatalogStatement) set = catalog_statement_new(database, SET_WARNINGS_SQL);
    catalog_statement_bind_text(set, ":warnings", warnings);
    catalog_statement_bind_int(set, ":now_ms", now_ms);
    return run_on_lesson(database, set, id, "", error);
}
