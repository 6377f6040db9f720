// The scenario, by the TypeScript client: a line for each of its steps.
import {
    Act, ActorKind, ActorsApi, Aspect, BundlesApi, Configuration, Country, EventSort, EventType,
    EventsApi, ExportsApi, Form, Problem, ProblemFromJSON, ResponseError, Stance, TotalPrecision,
} from "../../../build/sdk/typescript/src";

declare const process: { env: Record<string, string>; exit(code: number): never };

const SIEGE = "0197b2c4-5d1e-7004-8000-000000000001";
const PUBLISHER = "0197b2c4-5d1e-7002-8000-000000000012";
const DATASET = "panjshir-2021";

function ok(number: number, name: string, when: boolean): void {
    if (!when) {
        console.error(`${number} ${name} went otherwise.`);
        process.exit(1);
    }
    console.log(`ok ${number} ${name}`);
}

/** Give the status of a refusal, and the problem that it is. */
async function refused(sent: Promise<unknown>): Promise<[number, Problem]> {
    try {
        await sent;
    } catch (error) {
        if (!(error instanceof ResponseError)) throw error;
        const text = await error.response.text();
        return [error.response.status, ProblemFromJSON(text ? JSON.parse(text) : {})];
    }
    throw new Error("This was not refused.");
}

async function main(): Promise<void> {
    const configuration = new Configuration({
        basePath: process.env.ATTEST_URL,
        accessToken: process.env.ATTEST_KEY,
    });
    const events = new EventsApi(configuration);
    const actors = new ActorsApi(configuration);
    const mine = `scenario-${Date.now()}`;

    const asked = {
        dataset: [DATASET],
        type: [EventType.COERCE, EventType.ASSAULT],
        sort: EventSort.CREATED_AT_DESC,
        total: TotalPrecision.EXACT,
        limit: 1,
    };
    const found = await events.list(asked);
    ok(1, "list", found.items.length === 1 && found.nextCursor !== null);

    const after = await events.list({ ...asked, cursor: found.nextCursor! });
    ok(2, "page", after.items[0].id !== found.items[0].id);

    const siege = await events.getRaw({ id: SIEGE });
    const etag = siege.raw.headers.get("ETag")!;
    const [same] = await refused(events.getRaw({ id: SIEGE, ifNoneMatch: etag }));
    ok(3, "read", same === 304);

    const created = await actors.createRaw({
        actorInput: {
            dataset: DATASET, name: "Somebody", kind: ActorKind.PERSON, country: Country.AF,
        },
    });
    const actor = (await created.value()).id;
    const tag = created.raw.headers.get("ETag")!;
    ok(4, "create", created.raw.status === 201);

    const patch = { id: actor, ifMatch: tag, actorPatch: { description: "Changed.", country: null } };
    const changed = await actors.patchRaw(patch);
    const person = await changed.value();
    ok(5, "patch", person.country === null && person.kind === "person");

    const [stale] = await refused(actors.patch(patch));
    ok(6, "stale", stale === 412);

    const stored = await new BundlesApi(configuration).create({
        bundle: {
            dataset: DATASET,
            documents: [{ ref: "report", title: mine, publisherId: PUBLISHER }],
            events: [{ ref: "talks", type: EventType.CONSULT, title: mine, date: "2021-08-25" }],
            statements: [{
                act: Act.ASSERT, form: Form.NARRATION, text: mine, documentId: "@report",
                claims: [{ eventId: "@talks", stance: Stance.ASSERTS, aspect: Aspect.OCCURRENCE }],
            }],
        },
    });
    ok(7, "bundle", stored.created.events === 1);

    const wrong = { dataset: DATASET, type: EventType.ASSAULT, date: "2021-13-45" };
    const [status, problem] = await refused(events.create({ eventInput: wrong }));
    ok(8, "fault", status === 422 && problem.errors![0].pointer === "/date");

    const attested = await events.attestation({ id: stored.ids.talks });
    ok(9, "attestation", attested.status === "reported");

    const matched = await actors.match({
        actorMatchInput: { queries: [{ name: "Ahmed Masoud" }, { name: "طالبان" }] },
    });
    ok(10, "match", matched.results.every((each) => each.candidates.length > 0));

    const file = await new ExportsApi(configuration).eventsNdjson({ type: [EventType.CONSULT] });
    const end = JSON.parse((await file.text()).trim().split("\n").pop()!);
    ok(11, "export", end.end === true && end.rows >= 1);

    const newest = changed.raw.headers.get("ETag")!;
    const gone = await actors.deleteRaw({ id: actor, ifMatch: newest });
    const [left] = await refused(actors.get({ id: actor }));
    ok(12, "withdraw", gone.raw.status === 204 && left === 410);
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
