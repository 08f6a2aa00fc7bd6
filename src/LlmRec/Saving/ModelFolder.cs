using System.Security.Cryptography;
using LlmRec.Transformers;

namespace LlmRec;

/// <summary>
/// Writes and reads the files of a saved model. Each file carries a piece of its own hash in its name, and the manifest, which is
/// renamed into place last, names them: a crash at any moment leaves either the old model whole or the new one.
/// </summary>
internal sealed class ModelFolder(string path)
{
    private readonly List<SavedFile> _files = [];

    public IReadOnlyList<SavedFile> Files => _files;

    /// <summary>Writes a file of the new model beside those of the old one.</summary>
    public async Task AddAsync(string part, SafeTensorsWriter writer, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(path);
        string beside = Path.Combine(path, part + ".part");
        await writer.WriteAsync(beside, cancellationToken).ConfigureAwait(false);
        string hash;
        await using (FileStream stream = File.OpenRead(beside))
            hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
        string name = $"{part}.{hash[..12]}.safetensors";
        File.Move(beside, Path.Combine(path, name), overwrite: true);
        _files.Add(new SavedFile(part, name, hash));
    }

    /// <summary>Puts the manifest in place, which makes the new model the model, and clears away what no manifest names.</summary>
    /// <param name="write">Writes the manifest, which names <see cref="Files"/>.</param>
    /// <param name="cancellationToken">Stops the work; the old model stays.</param>
    public async Task CommitAsync(Action<Stream> write, CancellationToken cancellationToken)
    {
        string target = Path.Combine(path, ModelManifest.FileName), beside = target + ".part";
        await using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            write(stream);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            stream.Flush(flushToDisk: true);
        }
        File.Move(beside, target, overwrite: true);
        var kept = _files.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(path))
        {
            string name = Path.GetFileName(file);
            bool ours = name.EndsWith(".part", StringComparison.Ordinal) || name.EndsWith(".safetensors", StringComparison.Ordinal);
            if (ours && !kept.Contains(name)) File.Delete(file);
        }
    }

    /// <summary>Opens a file of the model after checking its hash.</summary>
    public SafeTensorsFile Open(ModelManifest manifest, string part)
    {
        SavedFile file = manifest.Files.FirstOrDefault(f => f.Part == part)
            ?? throw new InvalidDataException($"{Path.Combine(path, ModelManifest.FileName)} names no file for '{part}': it is damaged or was written by another program");
        return Open(file);
    }

    /// <summary>Opens a file of the model after checking its hash.</summary>
    public SafeTensorsFile Open(SavedFile file)
    {
        string full = Path.Combine(path, file.Name);
        if (!File.Exists(full)) throw new InvalidDataException($"the saved model '{path}' lacks its file '{file.Name}': copy the folder again, whole");
        using (FileStream stream = File.OpenRead(full))
        {
            string hash = Convert.ToHexStringLower(SHA256.HashData(stream));
            if (hash != file.Sha256) throw new InvalidDataException($"'{full}' is not the file that was saved (its SHA-256 is {hash}, not {file.Sha256}): copy it again");
        }
        return SafeTensorsFile.Open(full);
    }
}
