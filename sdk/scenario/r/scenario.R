# The scenario, by the R client: a line for each of its steps.
suppressPackageStartupMessages(library(attestapi))

SIEGE <- "0197b2c4-5d1e-7004-8000-000000000001"
PUBLISHER <- "0197b2c4-5d1e-7002-8000-000000000012"
DATASET <- "panjshir-2021"

ok <- function(number, name, when) {
  if (!isTRUE(when)) stop(number, " ", name, " went otherwise.")
  cat("ok", number, name, "\n")
}

api <- attestapi_api$new(ApiClient$new(
  base_path = Sys.getenv("ATTEST_URL"),
  bearer_token = Sys.getenv("ATTEST_KEY")
))
events <- api$events_api
actors <- api$actors_api
mine <- paste0("scenario-", as.integer(Sys.time()))

# What is answered is read as JSON: the classes of the client do not know nulls in what is nested.
read <- function(text) jsonlite::fromJSON(text, simplifyVector = FALSE)

asked <- list(
  dataset = DATASET, type = c("coerce", "assault"), sort = "-created_at", total = "exact", limit = 1,
  .parse = FALSE
)
found <- read(do.call(events$list, asked))
ok(1, "list", length(found$items) == 1 && is.character(found$next_cursor))

after <- read(do.call(events$list, c(asked, cursor = found$next_cursor)))
ok(2, "page", after$items[[1]]$id != found$items[[1]]$id)

siege <- events$get_with_http_info(SIEGE, .parse = FALSE)
same <- events$get_with_http_info(SIEGE, if_none_match = siege$headers$ETag)
ok(3, "read", same$status_code == 304)

person <- ActorInput$new(DATASET, "Somebody")
person$kind <- ActorKind$new("person")
person$country <- Country$new("AF")
created <- actors$create_with_http_info(person, .parse = FALSE)
actor <- read(created$content)$id
ok(4, "create", created$status_code == 201)

patch <- ActorPatch$new(description = "Changed.")
changed <- actors$patch_with_http_info(
  actor, patch,
  if_match = created$headers$ETag, .parse = FALSE
)
known <- read(changed$content)
ok(5, "patch", known$description == "Changed." && known$kind == "person")

stale <- actors$patch_with_http_info(actor, patch, if_match = created$headers$ETag)
ok(6, "stale", stale$status_code == 412)

document <- DocumentInBundle$new(ref = "report", title = mine, publisher_id = PUBLISHER)
event <- EventInBundle$new(
  EventType$new("consult"), ref = "talks", title = mine, date = "2021-08-25"
)
claim <- ClaimInBundle$new(Stance$new("asserts"), Aspect$new("occurrence"), event_id = "@talks")
statement <- StatementInBundle$new(
  Act$new("assert"), Form$new("narration"),
  text = mine, document_id = "@report", claims = list(claim)
)
bundle <- Bundle$new(
  DATASET,
  documents = list(document), events = list(event), statements = list(statement)
)
stored <- read(api$bundles_api$create(bundle, .parse = FALSE))
ok(7, "bundle", stored$created$events == 1)

wrong <- EventInput$new(DATASET, EventType$new("assault"), date = "2021-13-45")
fault <- events$create_with_http_info(wrong)
problem <- read(fault$response$response_as_text())
ok(8, "fault", fault$status_code == 422 && problem$errors[[1]]$pointer == "/date")

attested <- read(events$attestation(stored$ids$talks, .parse = FALSE))
ok(9, "attestation", attested$status == "reported")

queries <- list(ActorLikeInput$new(name = "Ahmed Masoud"), ActorLikeInput$new(name = "طالبان"))
matched <- read(actors$match(ActorMatchInput$new(queries = queries), .parse = FALSE))
ok(10, "match", all(sapply(matched$results, function(each) length(each$candidates) > 0)))

text <- api$exports_api$events_ndjson(type = "consult", .parse = FALSE)
end <- read(tail(strsplit(trimws(text), "\n")[[1]], 1))
ok(11, "export", end$end && end$rows >= 1)

gone <- actors$delete_with_http_info(actor, if_match = changed$headers$ETag)
left <- actors$get_with_http_info(actor)
ok(12, "withdraw", gone$status_code == 204 && left$status_code == 410)
