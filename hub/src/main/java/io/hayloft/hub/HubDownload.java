package io.hayloft.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks the Hugging Face Hub, or the mirror that {@code HF_ENDPOINT} names, for files and for lists of files. {@code
 * HF_TOKEN} is shown to that host only.
 */
final class HubDownload {
    private static final String HUB = "https://huggingface.co";

    /** Letters that are not ASCII. */
    private static final Pattern OTHER_LETTERS = Pattern.compile("[^\\x00-\\x7f]+");

    private final URI endpoint;
    private final String token;
    private final HttpTransfer.Limits limits;

    HubDownload(Map<String, String> environment, HttpTransfer.Limits limits) {
        var named = environment.getOrDefault("HF_ENDPOINT", "").strip();
        this.endpoint = endpoint(named.isEmpty() ? HUB : named);
        this.token = environment.getOrDefault("HF_TOKEN", "").strip();
        this.limits = limits;
    }

    private static URI endpoint(String text) {
        try {
            var uri = new URI(text.replaceAll("/+$", ""));
            if (uri.getAuthority() != null && List.of("http", "https").contains(uri.getScheme())) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // reported below, with the same words as an address of another kind
        }
        throw new UserError("HF_ENDPOINT='" + text + "' is not a web address such as https://huggingface.co");
    }

    /**
     * Fetches the file into {@code part}, going on where an earlier try ended.
     *
     * @param bytes size that the file must have
     * @throws SourceException if the hub cannot be reached, refuses, or breaks off too often
     * @throws IOException if {@code part} cannot be written
     */
    void fetch(Source.HuggingFace source, long bytes, Path part, PullListener listener)
            throws IOException, SourceException {
        var path = "/" + source.repo() + "/resolve/" + escaped(source.revision()) + "/" + escaped(source.file());
        var missing = "no " + source.file() + " at " + source.revision();
        transfer().fetch(target(path, bytes, missing, source.repo()), part, listener);
    }

    /** Fetches a file of any address into {@code part}; the hub's token is not shown to other hosts. */
    void fetch(URI address, Path part, PullListener listener) throws IOException, SourceException {
        var target = new HttpTransfer.Target(address, -1, "there is no such file", "it wants a login");
        transfer().fetch(target, part, listener);
    }

    /**
     * Returns the hub's description of a repository ({@code OWNER/REPO} of a model, {@code datasets/OWNER/REPO}): its commit
     * ({@code sha}) and files ({@code siblings}), with sizes and checksums.
     *
     * @throws UserError if it cannot be asked, or there is no such repository or revision
     */
    JsonNode describe(String repo, String revision) {
        Path answer = null;
        try {
            answer = Files.createTempFile("hayloft-hub", ".json");
            Files.delete(answer);
            var kind = repo.startsWith("datasets/") ? "/api/" : "/api/models/";
            var path = kind + repo + "/revision/" + escaped(revision).replace("/", "%2F") + "?blobs=true";
            var missing = "no repository '" + repo + "' with a revision '" + revision + "'";
            transfer().fetch(target(path, -1, missing, repo), answer, PullListener.SILENT);
            return JsonMapper.shared().readTree(Files.readString(answer));
        } catch (SourceException e) {
            throw new UserError("cannot ask for hf:" + repo + ": " + e.getMessage(), e);
        } catch (JacksonException | IOException e) {
            throw new UserError(
                    "cannot ask for hf:" + repo + ": " + endpoint.getAuthority() + " gave no proper answer", e);
        } finally {
            delete(answer);
        }
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // a temporary file that the system removes
        }
    }

    private HttpTransfer.Target target(String path, long bytes, String missing, String repo) {
        var terms = (token.isEmpty() ? "set HF_TOKEN to an access token" : "HF_TOKEN gives no access")
                + " and accept its terms at " + endpoint + "/" + repo;
        return new HttpTransfer.Target(URI.create(endpoint + path), bytes, missing, terms);
    }

    private HttpTransfer transfer() {
        return new HttpTransfer(new HttpTransfer.Access(endpoint.getAuthority(), token), limits);
    }

    /** A path with what may not stand in an address written in hex; slashes stay. */
    private static String escaped(String path) {
        try {
            var legal = new URI(null, null, "/" + path, null).getRawPath().substring(1);
            return OTHER_LETTERS.matcher(legal).replaceAll(found -> URLEncoder.encode(found.group(), UTF_8));
        } catch (URISyntaxException e) {
            throw new UserError("'" + path + "' is not the name of a file or revision", e);
        }
    }
}
