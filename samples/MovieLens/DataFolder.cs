using System.IO.Compression;
using System.Security.Cryptography;

namespace MovieLensSample;

/// <summary>Finds the data: the folder the user names, or ml-latest-small, downloaded once, checked and unpacked.</summary>
internal static class DataFolder
{
    private static readonly Uri Source = new("https://files.grouplens.org/datasets/movielens/ml-latest-small.zip");

    /// <summary>Of the edition of September 2018, as TensorFlow Datasets pins it.</summary>
    private const string Sha256 = "696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436";

    public static async Task<string> DownloadAsync(CancellationToken cancellationToken)
    {
        string cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "LlmRec", "data");
        string folder = Path.Combine(cache, "ml-latest-small");
        if (File.Exists(Path.Combine(folder, "ratings.csv"))) return folder;
        Directory.CreateDirectory(cache);
        string archive = Path.Combine(cache, "ml-latest-small.zip"), part = archive + ".part";
        try
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
            using HttpResponseMessage response = await client.GetAsync(Source, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            response.EnsureSuccessStatusCode();
            long? length = response.Content.Headers.ContentLength;
            await using Stream from = await response.Content.ReadAsStreamAsync(cancellationToken);
            await using FileStream to = File.Create(part);
            byte[] buffer = new byte[1 << 16];
            long done = 0;
            for (int n; (n = await from.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                await to.WriteAsync(buffer.AsMemory(0, n), cancellationToken);
                done += n;
                Console.Error.Write($"\rdownloading ml-latest-small: {done / 1024:N0} KB{(length is { } l ? $" of {l / 1024:N0} KB" : "")}   ");
            }
            Console.Error.WriteLine();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException(
                $"""
                MovieLens could not be downloaded ({e.Message}).
                Without a network: fetch {Source} on another machine, unpack it, and run
                    dotnet run -c Release --project samples/MovieLens -- --data PATH
                where PATH is the unpacked folder. ml-100k, ml-1m, ml-25m and sequence files will do too.
                """, e);
        }

        string hash;
        await using (FileStream stream = File.OpenRead(part)) hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
        if (hash != Sha256)
        {
            File.Delete(part);
            throw new InvalidDataException(
                $"the downloaded archive has the SHA-256 {hash}, not {Sha256}: it was cut short, changed on the way, or GroupLens published a new edition. " +
                "It was deleted. Unpack an archive that you trust and pass its folder with --data PATH.");
        }
        File.Move(part, archive, overwrite: true);
        ZipFile.ExtractToDirectory(archive, cache, overwriteFiles: true);
        return folder;
    }
}
