// The scenario, by the Go client: a line for each of its steps.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	attest "attest.example/api/go"
)

const (
	siege     = "0197b2c4-5d1e-7004-8000-000000000001"
	publisher = "0197b2c4-5d1e-7002-8000-000000000012"
	dataset   = "panjshir-2021"
)

func ok(number int, name string, when bool) {
	if !when {
		fmt.Fprintln(os.Stderr, number, name, "went otherwise.")
		os.Exit(1)
	}
	fmt.Println("ok", number, name)
}

func must[T any](value T, answer *http.Response, err error) (T, *http.Response) {
	if err != nil {
		var told *attest.GenericOpenAPIError
		if errors.As(err, &told) {
			fmt.Fprintln(os.Stderr, string(told.Body()))
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value, answer
}

// refused gives the problem that a refusal is.
func refused(err error) attest.Problem {
	var told *attest.GenericOpenAPIError
	if errors.As(err, &told) {
		if problem, is := told.Model().(attest.Problem); is {
			return problem
		}
	}
	return attest.Problem{}
}

func main() {
	configuration := attest.NewConfiguration()
	configuration.Servers = attest.ServerConfigurations{{URL: os.Getenv("ATTEST_URL")}}
	client := attest.NewAPIClient(configuration)
	ctx := context.WithValue(
		context.Background(), attest.ContextAccessToken, os.Getenv("ATTEST_KEY"))
	mine := fmt.Sprintf("scenario-%d", time.Now().UnixNano())

	asked := client.EventsAPI.List(ctx).
		Dataset([]string{dataset}).
		Type_([]attest.EventType{attest.EVENTTYPE_COERCE, attest.EVENTTYPE_ASSAULT}).
		Sort(attest.EVENTSORT_CREATED_AT_DESC).
		Total(attest.TOTALPRECISION_EXACT).
		Limit(1)
	found, _ := must(asked.Execute())
	ok(1, "list", len(found.Items) == 1 && found.NextCursor.IsSet())

	after, _ := must(asked.Cursor(*found.NextCursor.Get()).Execute())
	ok(2, "page", after.Items[0].Id != found.Items[0].Id)

	_, answer := must(client.EventsAPI.Get(ctx, siege).Execute())
	_, answer, _ = client.EventsAPI.Get(ctx, siege).IfNoneMatch(answer.Header.Get("ETag")).Execute()
	ok(3, "read", answer.StatusCode == http.StatusNotModified)

	input := attest.NewActorInput(dataset, "Somebody")
	input.SetKind(attest.ACTORKIND_PERSON)
	input.SetCountry(attest.COUNTRY_AF)
	actor, answer := must(client.ActorsAPI.Create(ctx).ActorInput(*input).Execute())
	ok(4, "create", answer.StatusCode == http.StatusCreated)
	tag := answer.Header.Get("ETag")

	patch := attest.NewActorPatch()
	patch.SetDescription("Changed.")
	patch.SetCountryNil()
	change := client.ActorsAPI.Patch(ctx, actor.Id).ActorPatch(*patch).IfMatch(tag)
	changed, answer := must(change.Execute())
	ok(5, "patch", changed.Country.Get() == nil && changed.GetKind() == "person")
	newest := answer.Header.Get("ETag")

	_, answer, _ = change.Execute()
	ok(6, "stale", answer.StatusCode == http.StatusPreconditionFailed)

	document := attest.NewDocumentInBundle()
	document.SetRef("report")
	document.SetTitle(mine)
	document.SetPublisherId(publisher)
	event := attest.NewEventInBundle(attest.EVENTTYPE_CONSULT)
	event.SetRef("talks")
	event.SetTitle(mine)
	event.SetDate("2021-08-25")
	claim := attest.NewClaimInBundle(attest.STANCE_ASSERTS, attest.ASPECT_OCCURRENCE)
	claim.SetEventId("@talks")
	statement := attest.NewStatementInBundle(attest.ACT_ASSERT, attest.FORM_NARRATION)
	statement.SetText(mine)
	statement.SetDocumentId("@report")
	statement.SetClaims([]attest.ClaimInBundle{*claim})
	bundle := attest.NewBundle(dataset)
	bundle.SetDocuments([]attest.DocumentInBundle{*document})
	bundle.SetEvents([]attest.EventInBundle{*event})
	bundle.SetStatements([]attest.StatementInBundle{*statement})
	stored, _ := must(client.BundlesAPI.Create(ctx).Bundle(*bundle).Execute())
	ok(7, "bundle", stored.Created["events"] == 1)

	wrong := attest.NewEventInput(dataset, attest.EVENTTYPE_ASSAULT)
	wrong.SetDate("2021-13-45")
	_, answer, err := client.EventsAPI.Create(ctx).EventInput(*wrong).Execute()
	faults := refused(err).Errors
	ok(8, "fault", answer.StatusCode == http.StatusUnprocessableEntity &&
		len(faults) > 0 && faults[0].GetPointer() == "/date")

	attested, _ := must(client.EventsAPI.Attestation(ctx, stored.Ids["talks"]).Execute())
	ok(9, "attestation", attested.Status == "reported")

	spelt, arabic := attest.NewActorLikeInput(), attest.NewActorLikeInput()
	spelt.SetName("Ahmed Masoud")
	arabic.SetName("طالبان")
	queries := attest.NewActorMatchInput([]attest.ActorLikeInput{*spelt, *arabic})
	matched, _ := must(client.ActorsAPI.Match(ctx).ActorMatchInput(*queries).Execute())
	ok(10, "match", len(matched.Results[0].Candidates) > 0 && len(matched.Results[1].Candidates) > 0)

	file, _ := must(client.ExportsAPI.EventsNdjson(ctx).
		Type_([]attest.EventType{attest.EVENTTYPE_CONSULT}).Execute())
	text, err := io.ReadAll(file)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	var end struct {
		End  bool
		Rows int
	}
	read := json.Unmarshal([]byte(lines[len(lines)-1]), &end)
	ok(11, "export", err == nil && read == nil && end.End && end.Rows >= 1)

	answer, err = client.ActorsAPI.Delete(ctx, actor.Id).IfMatch(newest).Execute()
	_, left, _ := client.ActorsAPI.Get(ctx, actor.Id).Execute()
	ok(12, "withdraw", err == nil && answer.StatusCode == http.StatusNoContent &&
		left.StatusCode == http.StatusGone)
}
