import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.util.List;
import java.util.UUID;
import org.attest.api.ActorsApi;
import org.attest.api.ApiClient;
import org.attest.api.ApiException;
import org.attest.api.ApiResponse;
import org.attest.api.BundlesApi;
import org.attest.api.EventsApi;
import org.attest.api.ExportsApi;
import org.attest.api.model.*;

/** The scenario, by the Java client: a line for each of its steps. */
public class Scenario {
    static final UUID SIEGE = UUID.fromString("0197b2c4-5d1e-7004-8000-000000000001");
    static final String PUBLISHER = "0197b2c4-5d1e-7002-8000-000000000012";
    static final String DATASET = "panjshir-2021";

    interface Request {
        Object send() throws ApiException;
    }

    static void ok(int number, String name, boolean when) {
        if (!when) {
            System.err.println(number + " " + name + " went otherwise.");
            System.exit(1);
        }
        System.out.println("ok " + number + " " + name);
    }

    static ApiException refused(Request request) {
        try {
            request.send();
        } catch (ApiException refusal) {
            return refusal;
        }
        throw new IllegalStateException("This was not refused.");
    }

    static String etag(ApiResponse<?> answer) {
        return answer.getHeaders().get("etag").get(0);
    }

    public static void main(String[] arguments) throws Exception {
        var client = new ApiClient();
        client.updateBaseUri(System.getenv("ATTEST_URL"));
        client.setRequestInterceptor(
            request -> request.header("Authorization", "Bearer " + System.getenv("ATTEST_KEY")));
        var events = new EventsApi(client);
        var actors = new ActorsApi(client);
        var mine = "scenario-" + UUID.randomUUID();

        var asked = EventsApi.APIListRequest.newBuilder()
            .dataset(List.of(DATASET))
            .type(List.of(EventType.COERCE, EventType.ASSAULT))
            .sort(EventSort.CREATED_AT_DESC)
            .total(TotalPrecision.EXACT)
            .limit(1);
        var found = events.list(asked.build());
        ok(1, "list", found.getItems().size() == 1 && found.getNextCursor() != null);

        var after = events.list(asked.cursor(found.getNextCursor()).build());
        ok(2, "page", !after.getItems().get(0).getId().equals(found.getItems().get(0).getId()));

        var siege = events.getWithHttpInfo(
            EventsApi.APIGetRequest.newBuilder().id(SIEGE).build());
        var again = EventsApi.APIGetRequest.newBuilder().id(SIEGE).ifNoneMatch(etag(siege)).build();
        ok(3, "read", refused(() -> events.get(again)).getCode() == 304);

        var created = actors.createWithHttpInfo(ActorsApi.APICreateRequest.newBuilder()
            .actorInput(new ActorInput()
                .dataset(DATASET).name("Somebody").kind(ActorKind.PERSON).country(Country.AF))
            .build());
        var actor = created.getData().getId();
        ok(4, "create", created.getStatusCode() == 201);

        var patch = ActorsApi.APIPatchRequest.newBuilder()
            .id(actor).ifMatch(etag(created)).actorPatch(new ActorPatch().description("Changed."))
            .build();
        var changed = actors.patchWithHttpInfo(patch);
        ok(5, "patch", "Changed.".equals(changed.getData().getDescription())
            && "person".equals(changed.getData().getKind()));

        ok(6, "stale", refused(() -> actors.patch(patch)).getCode() == 412);

        var bundle = new Bundle().dataset(DATASET)
            .addDocumentsItem(
                new DocumentInBundle().ref("report").title(mine).publisherId(PUBLISHER))
            .addEventsItem(
                new EventInBundle().ref("talks").type(EventType.CONSULT).title(mine)
                    .date("2021-08-25"))
            .addStatementsItem(
                new StatementInBundle().act(Act.ASSERT).form(Form.NARRATION).text(mine)
                    .documentId("@report")
                    .addClaimsItem(new ClaimInBundle().eventId("@talks").stance(Stance.ASSERTS)
                        .aspect(Aspect.OCCURRENCE)));
        var stored = new BundlesApi(client).create(
            BundlesApi.APICreateRequest.newBuilder().bundle(bundle).build());
        ok(7, "bundle", stored.getCreated().get("events") == 1);

        var wrong = EventsApi.APICreateRequest.newBuilder()
            .eventInput(new EventInput()
                .dataset(DATASET).type(EventType.ASSAULT).date("2021-13-45"))
            .build();
        var fault = refused(() -> events.create(wrong));
        var problem = client.getObjectMapper().readValue(fault.getResponseBody(), Problem.class);
        ok(8, "fault", fault.getCode() == 422
            && problem.getErrors().get(0).getPointer().equals("/date"));

        var attested = events.attestation(EventsApi.APIAttestationRequest.newBuilder()
            .id(stored.getIds().get("talks")).build());
        ok(9, "attestation", attested.getStatus().equals("reported"));

        var matched = actors.match(ActorsApi.APIMatchRequest.newBuilder()
            .actorMatchInput(new ActorMatchInput()
                .addQueriesItem(new ActorLikeInput().name("Ahmed Masoud"))
                .addQueriesItem(new ActorLikeInput().name("طالبان")))
            .build());
        ok(10, "match",
            matched.getResults().stream().noneMatch(each -> each.getCandidates().isEmpty()));

        var lines = Files.readAllLines(new ExportsApi(client).eventsNdjson(
            ExportsApi.APIEventsNdjsonRequest.newBuilder().type(List.of(EventType.CONSULT)).build())
            .toPath());
        JsonNode end = client.getObjectMapper().readTree(lines.get(lines.size() - 1));
        ok(11, "export", end.get("end").asBoolean() && end.get("rows").asInt() >= 1);

        var gone = actors.deleteWithHttpInfo(ActorsApi.APIDeleteRequest.newBuilder()
            .id(actor).ifMatch(etag(changed)).build());
        var left = refused(
            () -> actors.get(ActorsApi.APIGetRequest.newBuilder().id(actor).build()));
        ok(12, "withdraw", gone.getStatusCode() == 204 && left.getCode() == 410);
    }
}
